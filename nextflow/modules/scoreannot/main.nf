process SCOREANNOT {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(calls, stageAs: 'calls/?/*'), path(plus, stageAs: 'plus/*'), path(minus, stageAs: 'minus/*'), path(truth, stageAs: 'truth/*'), path(genome, stageAs: 'genome/*'), path(genes, stageAs: 'genes/*')

    output:
    tuple val(meta), path("${prefix}.scores.tsv"), emit: scores
    tuple val(meta), path("${prefix}.curve.tsv"), emit: curve
    tuple val("${task.process}"), val('headmotif'), eval('score-annot --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def genes_given = genes ? "--genes ${genes}" : ''
    def tracks = plus ? "track=${plus},${minus}" : ''
    """
    export OMP_NUM_THREADS=$task.cpus
    score-annot \\
        $args \\
        --truth $truth \\
        --genome $genome \\
        $genes_given \\
        --curve ${prefix}.curve.tsv \\
        --output ${prefix}.scores.tsv \\
        $calls \\
        $tracks
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.scores.tsv ${prefix}.curve.tsv
    """
}
