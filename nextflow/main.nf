#!/usr/bin/env nextflow
// From one genome to thousands: calls of sites for every sample of a sheet, and what the heads read for those whose sites are known.

include { checked_params ; params_help } from './params'
include { read_sheet ; batches } from './sheet'
include { HEADMOTIF } from './workflows/headmotif'

workflow {
    main:
    if (params.help) {
        log.info(params_help())
    }
    else {
        def asked = checked_params(params)
        def samples = read_sheet(asked.input, asked.model, asked.builtin)
        def tasks = batches(samples.findAll { one -> !one.meta.train }, asked.batch_bases)
        log.info("${samples.size()} samples: ${samples.count { one -> one.meta.train }} to be trained on, the others in ${tasks.size()} tasks")
        HEADMOTIF(
            samples,
            tasks,
            asked.attention,
            asked.known ? file(asked.known, checkIfExists: true) : [],
            asked.multiqc ? file("${projectDir}/assets/multiqc_config.yml") : [],
            asked.outdir,
        )
    }

    workflow.onComplete = {
        if (workflow.stats.ignoredCount > 0) {
            log.error("${workflow.stats.ignoredCount} tasks failed, each named above with its sample; what does not depend on them is in ${params.outdir}")
        }
    }
}
