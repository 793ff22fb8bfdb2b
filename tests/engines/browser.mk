# The report in a real Chromium, clicked through, and in a real MultiQC; the browser folder in the real igv.js. Two to three minutes, 0.9 GB.

BROWSER = .engines/browser
BROWSER_VENV = $(BROWSER)/venv

.PHONY: test-browser

test-browser: $(READY) $(BROWSER)/.ready
	HEADMOTIF_BROWSER=$(abspath $(BROWSER_VENV)) HEADMOTIF_IGV=$(abspath $(BROWSER)/node_modules/igv/dist/igv.min.js) \
	  $(VENV)/bin/python -m pytest tests/engines/test_browser.py tests/engines/test_igv.py

# Chromium is the system's: Debian's by apt-get where this is root and it is missing; anywhere else it must be there already.
# MultiQC wants other versions of what we pin, so it has an environment of its own; what drives the browser joins the tests.
$(BROWSER)/.ready: tests/engines/browser.mk $(READY)
	command -v chromium || { test "$$(id -u)" = 0 && apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } || \
	  { echo "test-browser: there is no chromium on PATH, and this is not root to install it" >&2; exit 1; }
	$(VENV)/bin/python -m pip install -c constraints.txt playwright==1.65.2 pypdfium2==5.15.2
	$(PYTHON) -m venv --clear $(BROWSER_VENV)
	$(BROWSER_VENV)/bin/python -m pip install multiqc==1.35
	command -v npm || { test "$$(id -u)" = 0 && apt-get update && apt-get install -y --no-install-recommends npm; } || \
	  { echo "test-browser: there is no npm on PATH, and this is not root to install it" >&2; exit 1; }
	npm install --prefix $(BROWSER) --no-save --no-audit --no-fund igv@3.8.10
	touch $@
