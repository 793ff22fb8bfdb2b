# The pipeline on a real Slurm of virtual nodes on this host.
.PHONY: test-slurm

SLURM_PACKAGES = slurmctld slurmd slurm-client munge

test-slurm: $(READY) $(NEXTFLOW_READY)
	PATH="$$PATH:/usr/sbin"; command -v slurmctld slurmd munged sbatch >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(SLURM_PACKAGES); } || { echo "test-slurm needs $(SLURM_PACKAGES)" >&2; exit 1; }
	$(WITH_NEXTFLOW) $(VENV)/bin/python -m pytest tests/engines/test_slurm.py
