process BED2PWM {
    tag "$meta.id"
    label 'process_low'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(regions), path(genome, stageAs: 'genome/*'), path(controls, stageAs: 'controls/*')

    output:
    tuple val(meta), path("${prefix}.motifs.${ending}"), emit: motifs
    tuple val(meta), path("${prefix}.motifs.tsv"), emit: table
    tuple val(meta), path("${prefix}.motif_sites.bed"), emit: sites
    tuple val(meta), path("${prefix}.logos"), emit: logos
    tuple val("${task.process}"), val('headmotif'), eval('bed2pwm --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def controls_given = controls ? "--controls ${controls}" : ''
    ending = (args + ' --format meme ').replaceFirst(/.*?--format[ =]([a-z-]+) .*/, '$1')
    if ("${regions}" == "${prefix}.motif_sites.bed") {
        error("Input and output names are the same: set ext.prefix to other than '${prefix}'")
    }
    """
    export OMP_NUM_THREADS=$task.cpus
    bed2pwm \\
        $args \\
        $controls_given \\
        --threads $task.cpus \\
        --table ${prefix}.motifs.tsv \\
        --sites-out ${prefix}.motif_sites.bed \\
        --logo ${prefix}.logos \\
        --output ${prefix}.motifs.${ending} \\
        $regions \\
        $genome
    """

    stub:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    ending = (args + ' --format meme ').replaceFirst(/.*?--format[ =]([a-z-]+) .*/, '$1')
    if ("${regions}" == "${prefix}.motif_sites.bed") {
        error("Input and output names are the same: set ext.prefix to other than '${prefix}'")
    }
    """
    mkdir ${prefix}.logos
    touch ${prefix}.motifs.${ending} ${prefix}.motifs.tsv ${prefix}.motif_sites.bed ${prefix}.logos/L1H1.svg
    """
}
