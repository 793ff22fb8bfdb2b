process ANNOTCOMPARE {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(sets, stageAs: 'sets/?/*'), val(names), path(genome, stageAs: 'genome/*')

    output:
    tuple val(meta), path("${prefix}.checks.tsv"), emit: checks
    tuple val(meta), path("${prefix}.agreement.tsv"), emit: agreement, optional: true
    tuple val(meta), path("${prefix}.matrix.tsv"), emit: matrix, optional: true
    tuple val(meta), path("${prefix}.distances.tsv"), emit: distances, optional: true
    tuple val(meta), path("*.consensus.bed"), emit: consensus, optional: true
    tuple val("${task.process}"), val('headmotif'), eval('annot-compare --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def named = names ? [names, [sets].flatten()].transpose().collect { name, file -> "${name}=${file}" }.join(' ') : sets
    """
    export OMP_NUM_THREADS=$task.cpus
    annot-compare \\
        $args \\
        --genome $genome \\
        --matrix ${prefix}.matrix.tsv \\
        --distances ${prefix}.distances.tsv \\
        --checks ${prefix}.checks.tsv \\
        --output ${prefix}.agreement.tsv \\
        $named
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.checks.tsv
    ${[sets].flatten().size() > 1 ? "touch ${prefix}.agreement.tsv ${prefix}.matrix.tsv ${prefix}.distances.tsv" : ''}
    """
}
