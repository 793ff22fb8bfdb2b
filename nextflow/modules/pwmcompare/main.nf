process PWMCOMPARE {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(motifs), path(targets, stageAs: 'targets/?/*'), path(group, stageAs: 'group/*')

    output:
    tuple val(meta), path("${prefix}.matches.tsv"), emit: matches
    tuple val(meta), path("${prefix}.clusters.tsv"), emit: clusters
    tuple val(meta), path("${prefix}.merged.meme"), emit: merged
    tuple val("${task.process}"), val('headmotif'), eval('pwm-compare --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def group_given = group ? "--group ${group}" : ''
    if ("${motifs}" == "${prefix}.merged.meme") {
        error("Input and output names are the same: set ext.prefix to other than '${prefix}'")
    }
    """
    export OMP_NUM_THREADS=$task.cpus
    pwm-compare \\
        $args \\
        $group_given \\
        --threads $task.cpus \\
        --cluster ${prefix}.clusters.tsv \\
        --cluster-motifs ${prefix}.merged.meme \\
        --output ${prefix}.matches.tsv \\
        $motifs \\
        $targets
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    if ("${motifs}" == "${prefix}.merged.meme") {
        error("Input and output names are the same: set ext.prefix to other than '${prefix}'")
    }
    """
    touch ${prefix}.matches.tsv ${prefix}.clusters.tsv ${prefix}.merged.meme
    """
}
