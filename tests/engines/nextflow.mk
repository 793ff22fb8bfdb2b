# The pipeline on the real Nextflow (25.04 or later, on PATH), with Java and MultiQC; nf-core's linter reads the modules.
ENGINES ?= .engines
NEXTFLOW_READY = $(ENGINES)/nextflow/.ready
WITH_NEXTFLOW = OMP_NUM_THREADS=1 PATH="$(CURDIR)/../shared/engines/bin:$$PATH:$(CURDIR)/$(ENGINES)/nextflow/bin"

.PHONY: test-nextflow

test-nextflow: $(READY) $(NEXTFLOW_READY)
	$(WITH_NEXTFLOW) $(VENV)/bin/python -m pytest tests/engines/test_nextflow.py tests/test_wrappers_nextflow.py

$(NEXTFLOW_READY): tests/engines/nextflow.mk
	command -v java >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -q -y --no-install-recommends openjdk-17-jre-headless; } || { echo "test-nextflow needs Java 17 (apt-get install openjdk-17-jre-headless)" >&2; exit 1; }
	$(WITH_NEXTFLOW) command -v nextflow >/dev/null || { echo "test-nextflow needs nextflow 25.04 or later on PATH (https://www.nextflow.io)" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(ENGINES)/nextflow
	$(ENGINES)/nextflow/bin/python -m pip install -q multiqc==1.35 nf-core==4.2.1
	touch $@
