process HEADREPORT {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(tables, stageAs: 'tables/?/*'), path(motifs, stageAs: 'motifs/*'), path(targets, stageAs: 'targets/*'), path(metrics, stageAs: 'metrics/*'), path(baseline, stageAs: 'baseline/?/*'), path(genome, stageAs: 'genome/*'), path(sites, stageAs: 'sites/*'), path(genes, stageAs: 'genes/*'), path(calls, stageAs: 'calls/*'), path(plus, stageAs: 'plus/*'), path(minus, stageAs: 'minus/*')

    output:
    tuple val(meta), path("${prefix}.report.html"), emit: html
    tuple val(meta), path("${prefix}.multiqc/*_mqc.json"), emit: multiqc
    tuple val(meta), path("*.pdf"), emit: pdf, optional: true
    tuple val(meta), path("*.figures"), emit: figures, optional: true
    tuple val("${task.process}"), val('headmotif'), eval('head-report --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def given = [
        ['--motifs', motifs],
        ['--targets', targets],
        ['--genome', genome],
        ['--sites', sites],
        ['--genes', genes],
        ['--calls', calls],
        ['--bigwig-plus', plus],
        ['--bigwig-minus', minus],
        ['--metrics', metrics],
    ].findAll { _option, value -> value }.collect { option, value -> "${option} ${value}" }.join(' ')
    def baselines = baseline ? [baseline].flatten().collect { one -> "--baseline ${one}" }.join(' ') : ''
    """
    export OMP_NUM_THREADS=$task.cpus
    head-report \\
        $args \\
        $given \\
        $baselines \\
        --multiqc ${prefix}.multiqc \\
        --output ${prefix}.report.html \\
        $tables
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir ${prefix}.multiqc
    touch ${prefix}.report.html ${prefix}.multiqc/headmotif_heads_mqc.json
    """
}
