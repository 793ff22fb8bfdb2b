process AUDITANNOT {
    tag "$meta.id"
    label 'process_low'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(genome, stageAs: 'genome/*'), val(circular), path(sites, stageAs: 'sites/*'), path(genes, stageAs: 'genes/*'), path(model, stageAs: 'model/*'), val(name)

    output:
    tuple val(meta), path("${prefix}.audit.tsv"), emit: audit
    tuple val(meta), path("${prefix}.audit.json"), emit: metrics
    tuple val("${task.process}"), val('headmotif'), eval('audit-annot --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def circles = circular.collect { one -> "--circular '${one}'" }.join(' ')
    def genes_given = genes ? "--genes ${genes}" : ''
    """
    export OMP_NUM_THREADS=$task.cpus
    audit-annot \\
        $args \\
        $circles \\
        --model ${model ?: name} \\
        $genes_given \\
        --threads $task.cpus \\
        --metrics ${prefix}.audit.json \\
        --output ${prefix}.audit.tsv \\
        $genome \\
        $sites
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.audit.tsv ${prefix}.audit.json
    """
}
