"""The pipeline on a real Slurm of virtual nodes: the shell's bytes, also when a node is lost under its tasks."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pipeline_runs import DATA, command, environment, list_processes, results, run, run_by_shell
from slurm_cluster import FAST, Cluster, is_installed

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.skipif(
        not (shutil.which("nextflow") and shutil.which("multiqc") and is_installed()),
        reason="no nextflow, MultiQC or Slurm here: make test-slurm",
    ),
    pytest.mark.timeout(2400),
]
PROFILE = "test,slurm"


@pytest.fixture(scope="module")
def truth() -> dict[str, bytes]:
    return run_by_shell()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("slurm"), nodes=3, cpus=1) as cluster:
        yield cluster


def strip_versions(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in found.items() if not name.startswith("pipeline_info/")}


def test_a_run_loses_a_node_under_its_tasks_and_ends_with_the_same_bytes(
    cluster: Cluster, tmp_path: Path, truth: dict[str, bytes]
) -> None:
    log = tmp_path / "log"
    env = environment(tmp_path / ".home") | cluster.environment
    env["PATH"] = f"{environment(tmp_path)['PATH']}:/usr/sbin"
    (tmp_path / "fast.config").write_text(FAST)
    with log.open("w") as stream:
        driver = subprocess.Popen(
            command("--queue", "main", "-c", "fast.config", profile=PROFILE),
            cwd=tmp_path,
            stdout=stream,
            stderr=stream,
            env=env,
        )
        ends = time.monotonic() + 600
        while not (
            on_n2 := [job for job, node in cluster.list_running().items() if node == "n2" and cluster.has_begun(job)]
        ):
            assert driver.poll() is None, log.read_text()
            assert time.monotonic() < ends
            time.sleep(0.1)
        (lost,) = on_n2
        cluster.lose("n2")
        assert driver.wait(1200) == 0, log.read_text()
    assert "NODE_FAIL" in cluster.client("scontrol", "show", "job", lost)
    assert log.read_text().count("Re-submitted process") == 1
    assert cluster.states().count("down") + cluster.states().count("down*") == 1
    found = strip_versions(results(tmp_path / "results-test"))
    assert found.keys() == truth.keys()
    assert [name for name in truth if found[name] != truth[name]] == []


def test_tasks_go_as_arrays(cluster: Cluster, tmp_path: Path, truth: dict[str, bytes]) -> None:
    rows = [
        f"{sample},{DATA / sample}/genome.fa.gz,{model}"
        for sample, model in (("delta", "bacteria-tss"), ("epsilon", "bacteria-tss-split"))
    ]
    (tmp_path / "sheet.csv").write_text("\n".join(["sample,fasta,model", *rows, ""]))
    path = f"{environment(tmp_path)['PATH']}:/usr/sbin"
    (tmp_path / "fast.config").write_text(FAST)
    words = ["-c", "fast.config", "--input", "sheet.csv", "--array", "2", "--multiqc", "false"]
    done = run(tmp_path, *words, profile=PROFILE, **{**cluster.environment, "PATH": path})
    assert done.returncode == 0, done.stdout + done.stderr
    assert list_processes(done, "Submitted") == ["PREDICTANNOT (delta)", "PREDICTANNOT (epsilon)"]
    found = strip_versions(results(tmp_path / "results-test"))
    names = ["calls/epsilon.bed", "calls/epsilon.json", "calls/epsilon.tsv"]
    assert {name: found[name] for name in names} == {name: truth[name] for name in names}
