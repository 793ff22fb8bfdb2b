process TRAINANNOT {
    tag "$meta.id"
    label 'process_high'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(genomes, stageAs: 'genomes/?/*'), path(init, stageAs: 'init/*'), path(teacher, stageAs: 'teacher/?/*'), path(refit, stageAs: 'refit/*')

    output:
    tuple val(meta), path("${prefix}.model.safetensors"), emit: model
    tuple val(meta), path("${prefix}.history.tsv"), emit: history
    tuple val(meta), path("${prefix}.metrics.json"), emit: metrics
    tuple val("${task.process}"), val('headmotif'), eval('train-annot --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def init_given = init ? "--init ${init}" : ''
    def teachers_given = teacher ? [teacher].flatten().collect { one -> "--teacher ${one}" }.join(' ') : ''
    def refit_given = refit ? "--refit ${refit}" : ''
    """
    export OMP_NUM_THREADS=$task.cpus
    train-annot \\
        $args \\
        $init_given \\
        $teachers_given \\
        $refit_given \\
        --threads $task.cpus \\
        --history ${prefix}.history.tsv \\
        --metrics ${prefix}.metrics.json \\
        --output ${prefix}.model.safetensors \\
        $genomes
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.model.safetensors ${prefix}.history.tsv ${prefix}.metrics.json
    """
}
