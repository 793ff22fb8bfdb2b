# The image, built by buildah and run by podman, without a Docker engine. The base comes from Debian's packages, unless BASE names another.
.PHONY: test-container

CONTAINER_PACKAGES = podman buildah runc uidmap mmdebstrap

test-container: $(READY) $(NEXTFLOW_READY)
	command -v podman >/dev/null && command -v buildah >/dev/null && command -v mmdebstrap >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(CONTAINER_PACKAGES); } || { echo "test-container needs $(CONTAINER_PACKAGES)" >&2; exit 1; }
	$(WITH_NEXTFLOW) HEADMOTIF_IMAGES="$(CURDIR)/$(ENGINES)/container" $(VENV)/bin/python -m pytest tests/engines/test_container.py
