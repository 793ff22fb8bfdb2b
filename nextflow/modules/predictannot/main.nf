process PREDICTANNOT {
    tag "$meta.id"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(genome), val(circular), path(genes, stageAs: 'genes/*'), path(model, stageAs: 'model/*'), val(name)

    output:
    tuple val(meta), path("${prefix}.bed"), emit: calls
    tuple val(meta), path("${prefix}.tsv"), emit: table
    tuple val(meta), path("${prefix}.json"), emit: metrics
    tuple val(meta), path("*.genes.tsv"), emit: gene_table, optional: true
    tuple val(meta), path("*.gff3"), emit: gff3, optional: true
    tuple val(meta), path("*.gbk"), emit: genbank, optional: true
    tuple val(meta), path("*.tbl"), emit: tbl, optional: true
    tuple val(meta), path("*.xlsx"), emit: xlsx, optional: true
    tuple val(meta), path("*.bw"), emit: bigwig, optional: true
    tuple val(meta), path("*.bedgraph"), emit: bedgraph, optional: true
    tuple val(meta), path("*.browser"), emit: browser, optional: true
    tuple val("${task.process}"), val('headmotif'), eval('predict-annot --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def circles = circular.collect { one -> "--circular '${one}'" }.join(' ')
    def genes_given = genes ? "--genes ${genes}" : ''
    if ("${genome}" == "${prefix}.bed") {
        error("Input and output names are the same: set ext.prefix to other than '${prefix}'")
    }
    """
    export OMP_NUM_THREADS=$task.cpus
    predict-annot \\
        $args \\
        $circles \\
        --model ${model ?: name} \\
        $genes_given \\
        --threads $task.cpus \\
        --table ${prefix}.tsv \\
        --metrics ${prefix}.json \\
        --output ${prefix}.bed \\
        $genome
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    if ("${genome}" == "${prefix}.bed") {
        error("Input and output names are the same: set ext.prefix to other than '${prefix}'")
    }
    """
    touch ${prefix}.bed ${prefix}.tsv ${prefix}.json
    """
}
