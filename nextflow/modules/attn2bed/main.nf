process ATTN2BED {
    tag "$meta.id"
    label 'process_low'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(attention), path(model, stageAs: 'model/*'), path(genome, stageAs: 'genome/*')

    output:
    tuple val(meta), path("${prefix}.regions.bed"), emit: regions
    tuple val(meta), path("${prefix}.controls.bed"), emit: controls
    tuple val(meta), path("${prefix}.merged.bed"), emit: merged
    tuple val(meta), path("${prefix}.regions.gff3"), emit: gff3
    tuple val("${task.process}"), val('headmotif'), eval('attn2bed --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def model_given = model ? "--model ${model}" : ''
    def genome_given = genome ? "--genome ${genome}" : ''
    """
    export OMP_NUM_THREADS=$task.cpus
    attn2bed \\
        $args \\
        $model_given \\
        $genome_given \\
        --threads $task.cpus \\
        --controls-out ${prefix}.controls.bed \\
        --merge-overlaps ${prefix}.merged.bed \\
        --gff3 ${prefix}.regions.gff3 \\
        --output ${prefix}.regions.bed \\
        $attention
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.regions.bed ${prefix}.controls.bed ${prefix}.merged.bed ${prefix}.regions.gff3
    """
}
