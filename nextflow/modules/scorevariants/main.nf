process SCOREVARIANTS {
    tag "$meta.id"
    label 'process_low'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(genome, stageAs: 'genome/*'), val(circular), path(vcf, stageAs: 'vcf/*'), path(model, stageAs: 'model/*'), val(name)

    output:
    tuple val(meta), path("${prefix}.effects.tsv"), emit: effects
    tuple val("${task.process}"), val('headmotif'), eval('score-variants --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def circles = circular.collect { one -> "--circular '${one}'" }.join(' ')
    """
    export OMP_NUM_THREADS=$task.cpus
    score-variants \\
        $args \\
        $circles \\
        --model ${model ?: name} \\
        --threads $task.cpus \\
        --output ${prefix}.effects.tsv \\
        $genome \\
        $vcf
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.effects.tsv
    """
}
