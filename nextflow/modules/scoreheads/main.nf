process SCOREHEADS {
    tag "$meta.id"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "${workflow.containerEngine in ['singularity', 'apptainer'] && !task.ext.singularity_pull_docker_container
        ? 'https://depot.galaxyproject.org/singularity/headmotif:0.1.0--pyhdfd78af_0'
        : 'quay.io/biocontainers/headmotif:0.1.0--pyhdfd78af_0'}"

    input:
    tuple val(meta), path(model), val(name), path(genome, stageAs: 'genome/*'), path(sites, stageAs: 'sites/*'), path(replicates, stageAs: 'replicates/?/*'), path(null_models, stageAs: 'null_models/?/*')

    output:
    tuple val(meta), path("${prefix}.heads.tsv"), emit: heads
    tuple val(meta), path("${prefix}.profiles.tsv"), emit: profiles
    tuple val(meta), path("${prefix}.pairs.tsv"), emit: pairs
    tuple val(meta), path("${prefix}.strands.tsv"), emit: strands, optional: true
    tuple val("${task.process}"), val('headmotif'), eval('score-heads --version'), topic: versions, emit: versions_headmotif

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def sites_given = sites ? "--sites ${sites}" : ''
    def replicates_given = replicates ? [replicates].flatten().collect { one -> "--replicate ${one}" }.join(' ') : ''
    def null_models_given = null_models ? [null_models].flatten().collect { one -> "--null-model ${one}" }.join(' ') : ''
    def strands_wanted = args ==~ /.*--ablate[ =]0\b.*/ ? '' : "--strands ${prefix}.strands.tsv"
    """
    export OMP_NUM_THREADS=$task.cpus
    score-heads \\
        $args \\
        $sites_given \\
        $replicates_given \\
        $null_models_given \\
        $strands_wanted \\
        --threads $task.cpus \\
        --profiles ${prefix}.profiles.tsv \\
        --pairs ${prefix}.pairs.tsv \\
        --output ${prefix}.heads.tsv \\
        ${model ?: name} \\
        $genome
    """

    stub:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def strands_wanted = args ==~ /.*--ablate[ =]0\b.*/ ? '' : "--strands ${prefix}.strands.tsv"
    """
    touch ${prefix}.heads.tsv ${prefix}.profiles.tsv ${prefix}.pairs.tsv
    ${strands_wanted ? "touch ${prefix}.strands.tsv" : ''}
    """
}
