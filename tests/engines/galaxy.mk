# Galaxy: tool tests and workflow tests on a real server, and its linter. The server's environment: 1.2 GB, two to three minutes.

GALAXY = .engines/galaxy
GALAXY_VENV = $(GALAXY)/venv
GALAXY_PACKAGES = galaxy-app==26.1.2 galaxy-web-apps==26.1.2 galaxy-web-client==26.1.2 gravity==1.2.4 planemo==0.75.47

.PHONY: test-galaxy lint-galaxy galaxy-data

test-galaxy: $(READY) $(GALAXY)/.ready
	HEADMOTIF_GALAXY=$(abspath $(GALAXY_VENV)) $(VENV)/bin/python -m pytest tests/engines/test_galaxy.py tests/test_wrappers_galaxy.py

lint-galaxy: $(READY) $(GALAXY)/.ready
	HEADMOTIF_GALAXY=$(abspath $(GALAXY_VENV)) $(VENV)/bin/python -m pytest tests/engines/test_galaxy.py -k lint

# The small files that the tool tests read; they are kept in the repository.
galaxy-data: $(READY)
	OMP_NUM_THREADS=1 $(VENV)/bin/python tests/engines/galaxy_data.py

$(GALAXY)/.ready: tests/engines/galaxy.mk
	$(PYTHON) -m venv --clear $(GALAXY_VENV)
	$(GALAXY_VENV)/bin/python -m pip install $(GALAXY_PACKAGES)
	touch $@
