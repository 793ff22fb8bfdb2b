process ANNOTCOMPARE {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(sets, stageAs: 'sets/?/*'), path(plus, stageAs: 'plus/*'), path(minus, stageAs: 'minus/*'), path(truth, stageAs: 'truth/*'), path(genome, stageAs: 'genome/*'), path(genes, stageAs: 'genes/*')

    output:
    tuple val(meta), path("${prefix}.agreement.tsv"), emit: agreement
    tuple val(meta), path("${prefix}.checks.tsv"), emit: checks
    tuple val(meta), path("${prefix}.curve.tsv"), emit: curve, optional: true
    tuple val(meta), path("${prefix}.matrix.tsv"), emit: matrix, optional: true
    tuple val(meta), path("${prefix}.distances.tsv"), emit: distances, optional: true
    tuple val(meta), path("*.consensus.bed"), emit: consensus, optional: true
    tuple val("${task.process}"), val('headmotif'), eval('annot-compare --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def truth_given = truth ? "--truth ${truth} --curve ${prefix}.curve.tsv" : "--matrix ${prefix}.matrix.tsv --distances ${prefix}.distances.tsv"
    def genes_given = genes ? "--genes ${genes}" : ''
    def tracks = plus ? "track=${plus},${minus}" : ''
    """
    export OMP_NUM_THREADS=$task.cpus
    annot-compare \\
        $args \\
        --genome $genome \\
        $truth_given \\
        $genes_given \\
        --checks ${prefix}.checks.tsv \\
        --output ${prefix}.agreement.tsv \\
        $sets \\
        $tracks
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.agreement.tsv ${prefix}.checks.tsv ${truth ? "${prefix}.curve.tsv" : "${prefix}.matrix.tsv ${prefix}.distances.tsv"}
    """
}
