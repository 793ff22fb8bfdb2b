process MULTIQC {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/multiqc:1.35--pyhdfd78af_0'
        : 'quay.io/biocontainers/multiqc:1.35--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(files, stageAs: 'files/?/*'), path(config, stageAs: 'config/*')

    output:
    tuple val(meta), path("${prefix}.html"), emit: html
    tuple val(meta), path("${prefix}_data"), emit: data
    tuple val("${task.process}"), val('multiqc'), eval('multiqc --version | sed "s/.* //"'), topic: versions, emit: versions_multiqc

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    multiqc \\
        $args \\
        --config $config \\
        --filename ${prefix}.html \\
        --no-version-check \\
        files
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir ${prefix}_data
    touch ${prefix}.html ${prefix}_data/multiqc.log
    """
}
