process DUMPATTENTION {
    tag "$meta.id"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(model), val(name), path(genome, stageAs: 'genome/*'), path(sites, stageAs: 'sites/*')

    output:
    tuple val(meta), path("${prefix}.attention.safetensors"), emit: attention
    tuple val("${task.process}"), val('headmotif'), eval('dump-attention --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def sites_given = sites ? "--sites ${sites}" : ''
    if ("${model}" == "${prefix}.attention.safetensors") {
        error("Input and output names are the same: set ext.prefix to other than '${prefix}'")
    }
    """
    export OMP_NUM_THREADS=$task.cpus
    dump-attention \\
        $args \\
        $sites_given \\
        --threads $task.cpus \\
        --output ${prefix}.attention.safetensors \\
        ${model ?: name} \\
        $genome
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    if ("${model}" == "${prefix}.attention.safetensors") {
        error("Input and output names are the same: set ext.prefix to other than '${prefix}'")
    }
    """
    touch ${prefix}.attention.safetensors
    """
}
