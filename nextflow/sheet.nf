// The samplesheet: a CSV (or TSV) with the columns sample and fasta, and optionally sites, circular and model.

// The samples of a sheet, each a map: meta (id, circular, train), fasta, sites ([] none), model ([] none) and the built-in model's name.
// Files are sought beside the sheet. A row's own model comes first, then --model; else its sites train one, else the built-in one serves.
def read_sheet(path, model, builtin) {
    def sheet = file(path)
    def rows = sheet.splitCsv(header: true, strip: true, sep: sheet.name ==~ /.*\.(tsv|txt)/ ? '\t' : ',')
    if (!rows) {
        error("${sheet.name}: this sheet names no sample")
    }
    def columns = ['sample', 'fasta', 'sites', 'circular', 'model']
    ['sample', 'fasta'].findAll { name -> !(name in rows[0].keySet()) }.each { name ->
        error("${sheet.name}: there is no column ${name}; the columns are ${columns.join(', ')}, the first two needed")
    }
    rows[0].keySet().findAll { name -> !(name in columns) }.each { name ->
        error("${sheet.name}: no column '${name}' is known; the columns are ${columns.join(', ')}")
    }
    def samples = rows.withIndex(2).collect { row, number -> read_row(row, "${sheet.name}: line ${number}", sheet.parent, model, builtin) }
    samples.countBy { one -> one.meta.id }.findAll { _id, times -> times > 1 }.each { id, _times ->
        error("${sheet.name}: sample '${id}' is there twice; give each genome a name of its own")
    }
    return samples
}

def read_row(row, place, folder, model, builtin) {
    if (!(row.sample ==~ /[A-Za-z0-9][A-Za-z0-9._-]*/) || row.sample == 'status') {
        error("${place}: '${row.sample ?: ''}' cannot name a sample; take letters, digits, dots, dashes and underscores")
    }
    if (!row.fasta) {
        error("${place}: sample '${row.sample}' has no fasta")
    }
    def circular = (row.circular ?: '').replaceFirst(/^(true|yes)$/, 'all').replaceFirst(/^(false|no)$/, '').split(/[;, ]+/).findAll { name -> name }
    circular.findAll { name -> !(name ==~ /[A-Za-z0-9._|:+-]+/) }.each { name ->
        error("${place}: '${name}' cannot name a circular contig; give names with semicolons between them, or all")
    }
    def own = row.model ?: model ?: ''
    def train = row.sites && !own
    def name = train ? '' : own ?: builtin
    def is_file = name ==~ /.*[.\/].*/
    return [
        meta: [id: row.sample, circular: circular as List, train: train as Boolean],
        fasta: existing(row.fasta, folder, place),
        sites: row.sites ? existing(row.sites, folder, place) : [],
        model: is_file ? existing(name, row.model ? folder : file('.'), place) : [],
        name: is_file ? '' : name,
    ]
}

def existing(text, folder, place) {
    def found = text ==~ /(\/|[a-z0-9]+:\/\/).*/ ? file(text) : folder.resolve(text)
    if (!found.exists()) {
        error("${place}: ${text}: there is no such file")
    }
    return found
}

// Samples that share a model, cut into tasks with a limit of bases, by the bits of the hash of their names: a set that is too large is
// parted by its first bit, each half again by the next. So a sample more changes one task only, and resuming finds all the others again.
def batches(samples, most) {
    return samples.groupBy { one -> "${one.model ?: one.name}".toString() }.collectMany { _model, sharing ->
        def first = sharing[0]
        def stem = first.name ?: first.model.baseName
        cut(sharing, most, '').collect { part ->
            [meta: [id: part.path ? "${stem}-${part.path}".toString() : stem.toString()], model: first.model, name: first.name, samples: part.samples]
        }
    }
}

def cut(samples, most, path) {
    if (samples.size() < 2 || samples.sum { one -> bases(one.fasta) } <= most) {
        return samples ? [[path: path, samples: samples.sort(false) { one -> one.meta.id }]] : []
    }
    def halves = samples.groupBy { one -> new BigInteger(one.meta.id.md5(), 16).testBit(127 - path.size()) }
    return cut(halves[false] ?: [], most, path + '0') + cut(halves[true] ?: [], most, path + '1')
}

// About so many: a compressed file holds four times its bytes.
def bases(fasta) {
    return fasta.size() * (fasta.name.endsWith('gz') ? 4 : 1)
}
