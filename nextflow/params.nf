// The parameters, checked against nextflow_schema.json in plain Groovy: no plugin is needed, and each fact stands in one place.

// All parameters of the schema by name, each with its type, bounds, choices and help.
def known_params() {
    def schema = new groovy.json.JsonSlurper().parseText(file("${projectDir}/nextflow_schema.json").text)
    return schema['$defs'].values().collectMany { group ->
        group.properties.collect { name, about -> [name, about + [required: name in (group.required ?: [])]] }
    }.collectEntries { name, about -> [(name): about] }
}

// The parameters as they are meant, text turned into numbers and booleans; ends the run with one line where one is wrong.
def checked_params(given) {
    def known = known_params()
    // Nextflow keeps `--max-x` under two names; the one with a dash is the user's.
    given.keySet().findAll { name -> !(name in known) }.sort().each { name ->
        def near = known.keySet().find { one -> one.replace('_', '').equalsIgnoreCase(name.replaceAll(/[-_]/, '')) }
        error("--${name} is no parameter of this pipeline" + (near ? "; did you mean --${near}?" : "; --help lists those there are"))
    }
    return known.collectEntries { name, about -> [(name): checked_param(name, about, given[name])] }
}

def checked_param(name, about, value) {
    if (value == null) {
        if (about.required) {
            error("--${name} is missing: ${about.description}")
        }
        return null
    }
    if (value instanceof Boolean && about.type != 'boolean') {
        error("--${name} needs a value: ${about.description}")
    }
    def text = value.toString()
    def patterns = [boolean: /true|false/, integer: /-?\d+/, number: /-?\d*\.?\d+([eE]-?\d+)?/, string: /(?s).+/]
    def words = [boolean: 'true or false', integer: 'a whole number', number: 'a number', string: 'a text']
    if (!(text ==~ patterns[about.type])) {
        error("--${name} ${text}: this must be ${words[about.type]}")
    }
    def typed = [boolean: { text == 'true' }, integer: { text.toLong() }, number: { text.toBigDecimal() }, string: { text }][about.type].call()
    if (about.minimum != null && typed < about.minimum || about.maximum != null && typed > about.maximum) {
        error("--${name} ${text}: this must lie within ${about.minimum ?: 0} and ${about.maximum ?: 'any number above'}")
    }
    def choices = about['enum']
    if (choices && !(text in choices)) {
        error("--${name} ${text}: this is none of ${choices.join(', ')}")
    }
    if (about.exists && !file(text).exists()) {
        error("--${name} ${text}: there is no such file")
    }
    return typed
}

// What --help prints.
def params_help() {
    def lines = known_params().collect { name, about ->
        "  --${name.padRight(14)} ${about.description}" + (about.default == null ? '' : " [${about.default}]")
    }
    return "nextflow run main.nf --input sheet.csv --outdir results\n\n${lines.join('\n')}"
}
