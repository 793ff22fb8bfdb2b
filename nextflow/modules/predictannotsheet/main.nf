process PREDICTANNOTSHEET {
    tag "$meta.id"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), val(samples), val(circular), path(genomes, stageAs: 'genomes/?'), path(model, stageAs: 'model/*'), val(name)

    output:
    tuple val(meta), path("${prefix}.status.tsv"), emit: status
    tuple val(meta), path("calls/*.bed"), emit: calls, optional: true
    tuple val(meta), path("calls/*.tsv"), emit: table, optional: true
    tuple val(meta), path("calls/*.json"), emit: metrics, optional: true
    tuple val(meta), path("calls/*.{gff3,gbk,tbl,xlsx,bw,bedgraph,browser}"), emit: more, optional: true
    tuple val("${task.process}"), val('headmotif'), eval('predict-annot --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def rows = [samples, circular].transpose().withIndex(1).collect { row, number -> "${row[0]}\\tgenomes/${number}\\t${row[1]}\\n" }
    def sheet = "sample\\tgenome\\tcircular\\n" + rows.join('')
    """
    export OMP_NUM_THREADS=$task.cpus
    printf '${sheet}' > sheet.tsv
    predict-annot \\
        $args \\
        --samplesheet sheet.tsv \\
        --outdir calls \\
        --keep-going \\
        --model ${model ?: name} \\
        --threads $task.cpus \\
        || { [ \$? -eq 1 ] && [ -s calls/status.tsv ]; } # a broken genome is listed in the table, and the others are complete
    mv calls/status.tsv ${prefix}.status.tsv
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    def done = samples.collect { one -> "${one}\\tdone\\n" }.join('')
    """
    mkdir calls
    printf 'sample\\tstatus\\n${done}' > ${prefix}.status.tsv
    touch ${samples.collect { one -> "calls/${one}.bed calls/${one}.tsv calls/${one}.json" }.join(' ')}
    """
}
