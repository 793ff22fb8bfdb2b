process FASTA2TENSOR {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(genome), val(circular), path(sites, stageAs: 'sites/*'), path(annotation, stageAs: 'annotation/*'), path(mask, stageAs: 'mask/?/*')

    output:
    tuple val(meta), path("${prefix}.genome.safetensors"), emit: tensor
    tuple val("${task.process}"), val('headmotif'), eval('fasta2tensor --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def circles = circular.collect { one -> "--circular '${one}'" }.join(' ')
    def sites_given = sites ? [sites].flatten().collect { one -> "--sites ${one}" }.join(' ') : ''
    def annotation_given = annotation ? "--annotation ${annotation}" : ''
    def masks_given = mask ? [mask].flatten().collect { one -> "--mask ${one}" }.join(' ') : ''
    if ("${genome}" == "${prefix}.genome.safetensors") {
        error("Input and output names are the same: set ext.prefix to other than '${prefix}'")
    }
    """
    export OMP_NUM_THREADS=$task.cpus
    fasta2tensor \\
        $args \\
        $circles \\
        $sites_given \\
        $annotation_given \\
        $masks_given \\
        --output ${prefix}.genome.safetensors \\
        $genome
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    if ("${genome}" == "${prefix}.genome.safetensors") {
        error("Input and output names are the same: set ext.prefix to other than '${prefix}'")
    }
    """
    touch ${prefix}.genome.safetensors
    """
}
