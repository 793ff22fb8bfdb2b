# The bioconda recipe, built, tested and installed; the sdist and the wheel, installed where there is no compiler.
CONDA = .engines/conda

.PHONY: test-conda
test-conda: $(READY) $(CONDA)/.ready
	HEADMOTIF_CONDA=$(CONDA)/bin/python $(VENV)/bin/python -m pytest tests/engines/test_conda.py

$(CONDA)/.ready: tests/engines/conda.mk
	$(PYTHON) -m venv --clear $(CONDA)
	$(CONDA)/bin/python -m pip install -c constraints.txt build==1.6.1 py-rattler==0.28.0 py-rattler-build==0.73.0 PyYAML==6.0.3 Jinja2
	touch $@
