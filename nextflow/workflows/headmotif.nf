// What becomes of the samples: train, call, read the heads, report.

include { ANNOTCOMPARE } from '../modules/annotcompare/main'
include { ATTN2BED } from '../modules/attn2bed/main'
include { BED2PWM } from '../modules/bed2pwm/main'
include { DUMPATTENTION } from '../modules/dumpattention/main'
include { FASTA2TENSOR } from '../modules/fasta2tensor/main'
include { FASTA2TENSOR as CALLS2TENSOR } from '../modules/fasta2tensor/main'
include { HEADREPORT } from '../modules/headreport/main'
include { MULTIQC } from '../modules/multiqc/main'
include { PREDICTANNOT } from '../modules/predictannot/main'
include { PREDICTANNOTSHEET } from '../modules/predictannotsheet/main'
include { PWMCOMPARE } from '../modules/pwmcompare/main'
include { SCOREANNOT } from '../modules/scoreannot/main'
include { SCOREHEADS } from '../modules/scoreheads/main'
include { TRAINANNOT } from '../modules/trainannot/main'

workflow HEADMOTIF {
    take:
    samples // list of maps: meta, fasta, sites, model, name
    tasks // list of maps: meta, model, name, samples; of those samples that are not trained on
    attention // whether heads are read at the calls where no sites are known
    known // motifs to compare with; [] the built-in collection
    multiqc_config // [] leaves MultiQC out
    outdir

    main:
    def given = channel.fromList(samples)
    def sited = given.filter { one -> one.sites }

    FASTA2TENSOR(sited.map { one -> [one.meta, one.fasta, one.meta.circular, one.sites, [], []] })
    TRAINANNOT(FASTA2TENSOR.out.tensor.filter { meta, _tensor -> meta.train }.map { meta, tensor -> [meta, tensor, [], [], []] })
    def trained = TRAINANNOT.out.model.map { meta, model -> [meta, model, ''] }
    def taken = given.filter { one -> !one.meta.train }.map { one -> [one.meta, one.model, one.name] }

    CALL(samples, tasks, trained)
    def compared = CALL.out.calls.join(sited.map { one -> [one.meta, one.sites, one.fasta] })
    SCOREANNOT(compared.map { meta, calls, sites, fasta -> [meta, calls, [], [], sites, fasta, []] })
    ANNOTCOMPARE(compared.map { meta, calls, sites, fasta -> [meta, [sites, calls], ['sites', 'calls'], fasta] })

    // Where no sites are known and attention is wanted, the calls serve as sites.
    def unsited = given.filter { one -> attention && !one.sites }.map { one -> [one.meta, one.fasta] }
    CALLS2TENSOR(CALL.out.calls.join(unsited).map { meta, calls, fasta -> [meta, fasta, meta.circular, calls, [], []] })
    def tensors = FASTA2TENSOR.out.tensor.mix(CALLS2TENSOR.out.tensor)

    READ(tensors, trained.mix(taken), known)

    // Of what only some samples have, the others have [].
    def metrics = TRAINANNOT.out.metrics.join(TRAINANNOT.out.history).mix(given.filter { one -> !one.meta.train }.map { one -> [one.meta, [], []] })
    def scores = SCOREANNOT.out.curve.join(SCOREANNOT.out.scores).mix(unsited.map { meta, _fasta -> [meta, [], []] })
    def parts = READ.out.read.join(tensors).join(CALL.out.calls).join(metrics).join(scores)
    HEADREPORT(
        parts.map { meta, heads, profiles, pairs, motifs, matches, regions, tensor, calls, trained_metrics, history, curve, scored ->
            def tables = [heads, profiles, pairs, matches, regions, history, curve, scored].flatten()
            [meta, tables, motifs, known, trained_metrics, [], tensor, [], [], calls, [], []]
        }
    )

    def sections = HEADREPORT.out.multiqc.map { _meta, files -> files }.mix(CALL.out.status.map { _meta, status -> status }).flatten()
    // In the order of their names, not of their coming: the same run asks for the same task.
    MULTIQC(sections.toSortedList { a, b -> "${a.parent.name}/${a.name}" <=> "${b.parent.name}/${b.name}" ?: a.toString() <=> b.toString() }.filter { files -> files && multiqc_config }.map { files -> [[id: 'multiqc'], files, multiqc_config] })

    channel.topic('versions')
        .map { process, tool, version -> "${process.tokenize(':').last()}:\n    ${tool}: ${version}\n" }
        .unique()
        .collectFile(name: 'versions.yml', storeDir: "${outdir}/pipeline_info", sort: true)
}

// Calls of every sample: small genomes together, those with a model of their own, or that a task left out, alone, so that one fails by its name.
workflow CALL {
    take:
    samples
    tasks
    trained

    main:
    def by_id = samples.collectEntries { one -> [(one.meta.id): one] }
    def together = channel.fromList(tasks.findAll { task -> task.samples.size() > 1 })
    PREDICTANNOTSHEET(
        together.map { task ->
            [task.meta, task.samples*.meta.id, task.samples*.meta.circular*.join(','), task.samples*.fasta, task.model, task.name]
        }
    )
    def left_out = PREDICTANNOTSHEET.out.status
        .join(together.map { task -> [task.meta, task.samples*.meta.id] })
        .flatMap { _meta, status, ids -> ids - status.splitCsv(header: true, sep: '\t').findAll { row -> row.status == 'done' }.collect { row -> row.sample } }
    def single = channel.fromList(tasks.findAll { task -> task.samples.size() == 1 }.collect { task -> task.samples[0].meta.id })
    PREDICTANNOT(
        single.mix(left_out).map { id -> by_id[id] }
            .map { one -> [one.meta, one.fasta, one.meta.circular, [], one.model, one.name] }
            .mix(trained.map { meta, model, name -> [meta, by_id[meta.id].fasta, meta.circular, [], model, name] })
    )

    calls = PREDICTANNOTSHEET.out.calls
        .flatMap { _meta, files -> [files].flatten().collect { bed -> [by_id[bed.baseName].meta, bed] } }
        .mix(PREDICTANNOT.out.calls)
    status = PREDICTANNOTSHEET.out.status

    emit:
    calls
    status
}

// What the heads of each sample's model read at its sites.
workflow READ {
    take:
    tensors // meta, genome tensor with sites
    models // meta, model or [], name of a built-in one
    known

    main:
    def both = tensors.join(models)
    DUMPATTENTION(both.map { meta, tensor, model, name -> [meta, model, name, tensor, []] })
    ATTN2BED(DUMPATTENTION.out.attention.map { meta, file -> [meta, file, [], []] })
    // Without controls of its own: bed2pwm permutes the offsets among the sites, which is the stricter test.
    BED2PWM(ATTN2BED.out.regions.join(tensors).map { meta, regions, tensor -> [meta, regions, tensor, []] })
    PWMCOMPARE(BED2PWM.out.motifs.map { meta, motifs -> [meta, motifs, known, []] })
    SCOREHEADS(both.map { meta, tensor, model, name -> [meta, model, name, tensor, [], [], []] })
    def scored = SCOREHEADS.out.heads.join(SCOREHEADS.out.profiles).join(SCOREHEADS.out.pairs)
    read = scored.join(BED2PWM.out.motifs).join(PWMCOMPARE.out.matches).join(ATTN2BED.out.regions)

    emit:
    read
}
