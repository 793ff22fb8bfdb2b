# Each target does its own set-up from a bare checkout: a virtual environment with the versions of constraints.txt.
# pip takes its settings (index, proxy, wheels) from the environment, so a torch without CUDA is one variable away:
#   PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make demo

PYTHON ?= python3
VENV ?= .venv
DATA ?= ../shared/data
READY = $(VENV)/.ready

.PHONY: demo test lint coverage mutants fuzz bench profile presets ablation truth builtin species ecoli docs docs-commands clean

demo: $(READY)
	$(VENV)/bin/headmotif demo demo/

test: $(READY)
	$(VENV)/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

# What the tests do not run, the files with most of it first; TESTS="tests/test_scan.py" for a few of them alone.
# The counts go to .coverage/, and the table comes where tests fail too.
coverage: $(READY)
	rm -rf .coverage && mkdir .coverage
	$(VENV)/bin/coverage run -m pytest -n auto --dist loadfile --no-loadscope-reorder $(TESTS); tests=$$?; \
	  $(VENV)/bin/coverage combine --quiet && $(VENV)/bin/coverage report && exit $$tests

# What the tests run but would not notice: a seeded sample of mutations, each tried in a copy on its module's tests.
# MUTANTS says how many, MUTATED of which modules or folders (all that compute, where it is empty). No part of .ci/run.
# Twenty took six minutes on a busy core, two of them to find all mutations and to run the tests as they are.
# Of three tools that were tried cosmic-ray works: mutmut 3.8.1 takes only packages in ./, src/ or source/, and draws no
# sample; mutatest 3.1.0 draws one by a seed, but fails on Python 3.11 and had its last release in 2022. cosmic-ray
# draws none either: the driver does.
MUTANTS ?= 40
SEED ?= 1
MUTATED ?=
MUTATION = .engines/mutation

mutants: $(READY) $(MUTATION)/.ready
	$(MUTATION)/bin/python benchmarks/mutants.py $(MUTATED) --number $(MUTANTS) --seed $(SEED) --python $(VENV)/bin/python

# It needs much that the tests do not, so it has an environment of its own.
$(MUTATION)/.ready: Makefile
	$(PYTHON) -m venv --clear $(MUTATION)
	$(MUTATION)/bin/python -m pip install -c constraints.txt cosmic-ray==8.7.0
	touch $@

# An hour: every reader on FILES damaged files; those with faults are kept in fuzz/. No part of .ci/run.
FILES ?= 100000

fuzz: $(READY)
	$(VENV)/bin/python benchmarks/fuzz.py --files $(FILES) --keep fuzz

bench: $(READY)
	$(VENV)/bin/python benchmarks/engine.py --output engine.tsv
	$(VENV)/bin/python benchmarks/planted.py
	$(VENV)/bin/headmotif demo demo/
	$(VENV)/bin/python benchmarks/small_steps.py $(DATA)
	$(VENV)/bin/python benchmarks/mutagenesis.py $(DATA)
	$(VENV)/bin/python benchmarks/speed_compare.py --large
	$(VENV)/bin/python benchmarks/motif_recovery.py

# Minutes: where the time goes, in the network, the commands and their start, beside the machine's peak; no data needed.
profile: $(READY)
	$(VENV)/bin/python benchmarks/profiles.py --output profile

# Hours: the presets on E. coli, three seeds each, and their scores side by side.
presets: $(READY)
	$(VENV)/bin/python benchmarks/presets.py $(DATA) --output presets

# Hours: what each choice in the presets is worth, over three folds.
ablation: $(READY)
	$(VENV)/bin/python benchmarks/ablation.py $(DATA) --output ablation

# An hour or more: what heads recover of planted genomes, beside rivals and bounds.
truth: $(READY)
	$(VENV)/bin/python benchmarks/truth.py --output truth

# A night on two cores: the built-in models, put where the program looks for them, and the tables of their cards.
builtin: $(READY)
	$(VENV)/bin/python benchmarks/builtin_models.py $(DATA) --output builtin --install
	$(VENV)/bin/python benchmarks/builtin_scores.py $(DATA) builtin
	$(VENV)/bin/python benchmarks/finetune.py $(DATA) --output finetune

# Many hours, and it goes on where it was stopped: networks of many species, each scored on a group that it has not seen.
species: $(READY)
	$(VENV)/bin/python benchmarks/species.py $(DATA) --output benchmarks/folds --variants plain mixed --nucleotides 8000000 --groups all --all
	$(VENV)/bin/python benchmarks/species.py $(DATA) --output benchmarks/folds --variants alone --nucleotides 1500000 --groups all
	$(VENV)/bin/python benchmarks/applicability.py $(DATA) benchmarks/folds --recipe mixed.8000000 --alone alone.1500000
	$(VENV)/bin/python benchmarks/species_few.py $(DATA) --folds benchmarks/folds --recipe mixed.8000000
	$(VENV)/bin/python benchmarks/jejuni.py $(DATA) --folds benchmarks/folds --recipe mixed.8000000 --output species

# An hour: the real run, and its report, ecoli/report.html.
ecoli: $(READY)
	$(VENV)/bin/python benchmarks/ecoli.py $(DATA) --output ecoli

# The pictures of docs/report.md, from the files that `make ecoli` left.
docs: $(READY)
	$(VENV)/bin/python benchmarks/pictures.py ecoli --genes $(DATA)/ecoli/genes.gff3.gz --output docs

# The page of all commands, from their signatures and help.
docs-commands: $(READY)
	$(VENV)/bin/python docs/make_commands.py

# The stamp is written last: an installation that was cut off is done again.
$(READY): setup.py pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "headmotif needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/python -m pip install -c constraints.txt -e '.[test]'
	touch $@

clean:
	rm -rf $(VENV) .engines .coverage demo ecoli profile presets ablation truth builtin finetune species build dist
	rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis tools/headmotif.egg-info
	find tools tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Each engine's set-up and tests: test-browser, test-galaxy, test-conda, test-nextflow, test-slurm, test-container.
-include tests/engines/*.mk
