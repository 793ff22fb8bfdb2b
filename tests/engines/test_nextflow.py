"""The pipeline on the real Nextflow: the shell's bytes under both parsers, kills, broken samples, refused parameters,
lint."""

import json
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from pipeline_runs import DATA, ONE, PIPELINE, command, environment, list_processes, results, run, run_by_shell, shell

pytestmark = [
    pytest.mark.nextflow,
    pytest.mark.skipif(
        not (shutil.which("nextflow") and shutil.which("multiqc")),
        reason="no nextflow and MultiQC on PATH: make test-nextflow",
    ),
    pytest.mark.timeout(1200),
]
PARSERS = ["v1", "v2"]
UNUSED = {"auditannot", "scorevariants"}
"""Modules for others' pipelines: this one has no use for them."""


@pytest.fixture(scope="module")
def truth() -> dict[str, bytes]:
    return run_by_shell()


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess]:
    """A run of the test profile under the strict parser."""
    folder = tmp_path_factory.mktemp("whole")
    done = run(folder, NXF_SYNTAX_PARSER="v2")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done


def assert_same(found: dict[str, bytes], expected: dict[str, bytes]) -> None:
    found = {name: content for name, content in found.items() if not name.startswith("pipeline_info/")}
    assert found.keys() == expected.keys()
    assert [name for name in expected if found[name] != expected[name]] == []


@pytest.fixture(scope="module")
def killed_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, subprocess.CompletedProcess, Path]:
    """A run killed while it trains, and resumed while that training still goes on: the folder, tasks finished at the
    kill, the resumed run, and the work folder of the task that outlived its driver."""
    folder = tmp_path_factory.mktemp("killed")
    # The training waits as long as there is no file `go`: the first run's outlives its driver, the second one's does
    # not wait.
    wait = f"for _ in $(seq 1200); do [ -e {folder}/go ] && break; [ -e {folder}/stay ] || break; sleep 0.5; done"
    (folder / "wait.config").write_text(
        f"process {{ withName: 'HEADMOTIF:TRAINANNOT' {{ beforeScript = '{wait}' }} }}\n"
    )
    (folder / "stay").touch()
    with (folder / "log").open("w") as log:
        driver = subprocess.Popen(
            command("-c", "wait.config"), cwd=folder, stdout=log, stderr=log, env=environment(folder / ".home")
        )
        ends = time.monotonic() + 1000
        while not (orphans := list_begun(folder, "TRAINANNOT")) or len(list_finished(folder)) < 5:
            assert driver.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < ends
            time.sleep(0.2)
        driver.send_signal(signal.SIGKILL)
        driver.wait()
    at_the_kill = len(list_finished(folder))
    (orphan,) = orphans
    assert not (orphan / ".exitcode").exists()
    (folder / "stay").unlink()  # the orphan goes on within half a second, beside the resumed run
    done = run(folder, "-c", "wait.config", "-resume")
    return folder, at_the_kill, done, orphan


def list_begun(folder: Path, process: str) -> list[Path]:
    scripts = [
        path for path in folder.glob("work/*/*/.command.begin") if process in (path.parent / ".command.run").read_text()
    ]
    return [path.parent for path in scripts]


def list_finished(folder: Path) -> list[Path]:
    return list(folder.glob("work/*/*/.exitcode"))


def test_the_test_profile_gives_the_shells_bytes(whole_run: tuple, truth: dict[str, bytes]) -> None:
    assert_same(results(whole_run[0] / "results-test"), truth)


def test_every_command_tells_its_version(whole_run: tuple) -> None:
    text = (whole_run[0] / "results-test/pipeline_info/versions.yml").read_text()
    processes = re.findall(r"^(\w+):\n    (\w+): (\S+)$", text, re.M)
    assert {name for name, _tool, _version in processes} == {name.upper() for name in modules() if name not in UNUSED}
    assert {version for _name, tool, version in processes if tool == "headmotif"} == {
        __import__("headmotif").__version__
    }


def modules() -> list[str]:
    return sorted(path.parent.name for path in PIPELINE.glob("modules/*/main.nf"))


def test_multiqc_shows_every_read_sample_and_every_annotated_one(whole_run: tuple) -> None:
    folder = whole_run[0] / "results-test" / "multiqc"
    samples = (folder / "multiqc_data" / "multiqc_headmotif_status_table.txt").read_text()
    assert {line.split("\t")[0] for line in samples.splitlines()[1:]} == {"beta", "gamma", "delta"}
    assert (folder / "multiqc.html").stat().st_size > 100_000


def test_a_killed_run_is_resumed_to_the_same_bytes(killed_run: tuple, truth: dict[str, bytes]) -> None:
    folder, at_the_kill, done, _orphan = killed_run
    assert done.returncode == 0, done.stdout + done.stderr
    cached = list_processes(done, "Cached")
    # A task that ends in the moment of the kill may not have been noted; one that is noted is not done again.
    assert at_the_kill - 1 <= len(cached) <= at_the_kill
    assert not set(cached) & set(list_processes(done, "Submitted"))
    assert "TRAINANNOT (alpha)" in list_processes(done, "Submitted")
    assert_same(results(folder / "results-test"), truth)


def test_a_task_that_outlives_its_driver_does_no_harm(killed_run: tuple, truth: dict[str, bytes]) -> None:
    folder, _at_the_kill, _done, orphan = killed_run
    ends = time.monotonic() + 600
    while not (orphan / ".exitcode").exists():
        assert time.monotonic() < ends
        time.sleep(0.5)
    assert (orphan / ".exitcode").read_text() == "0"
    assert len(list_begun(folder, "TRAINANNOT")) == 2  # the resumed run has a folder of its own
    assert_same(results(folder / "results-test"), truth)
    again = run(folder, "-c", "wait.config", "-resume")
    assert again.returncode == 0
    assert list_processes(again, "Submitted") == []
    assert_same(results(folder / "results-test"), truth)


@pytest.mark.parametrize("parser", PARSERS)
def test_the_stub_makes_every_task(tmp_path: Path, parser: str) -> None:
    done = run(tmp_path, "-stub-run", "--attention", "--multiqc", "false", NXF_SYNTAX_PARSER=parser)
    assert done.returncode == 0, done.stdout + done.stderr
    tasks = list_processes(done, "Submitted")
    each = ["ATTN2BED", "BED2PWM", "DUMPATTENTION", "HEADREPORT", "PWMCOMPARE", "SCOREHEADS"]
    assert [task for task in tasks if task.split()[0] in each] == [
        f"{name} ({s})" for name in each for s in ("alpha", "beta", "delta", "epsilon", "gamma")
    ]
    assert [t for t in tasks if t.startswith("CALLS2TENSOR")] == [
        f"CALLS2TENSOR ({s})" for s in ("delta", "epsilon", "gamma")
    ]
    assert not [t for t in tasks if t.startswith("MULTIQC")]  # 'false' as a text is false


def strip_tracks(content: bytes) -> object:
    """Take from metrics what differs with tracks, for which P is computed everywhere; other files as they are."""
    if not content.startswith(b"{"):
        return content
    metrics = json.loads(content)
    metrics.pop("screen", None)
    metrics["run"] = {key: value for key, value in metrics["run"].items() if key not in ("formats", "fast")}
    return metrics


def test_a_broken_sample_fails_by_its_name_and_the_others_finish(tmp_path: Path, truth: dict[str, bytes]) -> None:
    (tmp_path / "broken.fa").write_text(">contig\nACGT\n!!!\n")
    rows = [
        f"{name},{DATA / name / 'genome.fa.gz'},,{'all' if name == 'gamma' else ''},bacteria-tss"
        for name in ("gamma", "delta")
    ]
    rows += [
        f"broken,{tmp_path / 'broken.fa'},,,bacteria-tss",
        f"spoilt,{tmp_path / 'broken.fa'},{DATA / 'beta' / 'sites.bed'},,ecoli-tis",
    ]
    (tmp_path / "sheet.csv").write_text("\n".join(["sample,fasta,sites,circular,model", *rows, ""]))
    done = run(tmp_path, "--input", "sheet.csv", "--multiqc", "false", "--tracks", "true")
    assert done.returncode == 1  # workflow.failOnIgnore
    for task in ("PREDICTANNOT (broken)", "PREDICTANNOT (spoilt)", "FASTA2TENSOR (spoilt)"):
        assert re.search(
            rf"Process `\S*{re.escape(task)}` terminated with an error exit status \(1\) -- Error is ignored",
            done.stdout,
        ), done.stdout
    assert "broken.fa:3" in " ".join(path.read_text() for path in tmp_path.glob("work/*/*/.command.err"))
    found = results(tmp_path / "results-test")
    expected = {name: content for name, content in truth.items() if name.startswith(("calls/gamma", "calls/delta"))}
    assert {name: strip_tracks(found[name]) for name in expected} == {
        name: strip_tracks(content) for name, content in expected.items()
    }
    assert {f"calls/{name}.{strand}.bw" for name in ("gamma", "delta") for strand in ("plus", "minus")} <= found.keys()
    assert not [name for name in found if "broken." in name or "spoilt." in name]
    status = found["calls/status/bacteria-tss.status.tsv"].decode().splitlines()
    assert [line.split("\t")[:2] for line in status[1:]] == [["broken", "failed"], ["delta", "done"], ["gamma", "done"]]


def test_one_more_sample_changes_one_task_only(tmp_path: Path) -> None:
    (tmp_path / "genome.fa").write_text(f">c\n{'ACGT' * 250}\n")
    names = [f"sample{number}" for number in range(41)]

    def run_with(count: int) -> subprocess.CompletedProcess:
        (tmp_path / "sheet.csv").write_text(
            "".join(["sample,fasta\n", *(f"{name},genome.fa\n" for name in reversed(names[:count]))])
        )
        return run(
            tmp_path, "--input", "sheet.csv", "-stub-run", "-resume", "--batch_bases", "12000", "--multiqc", "false"
        )

    first = run_with(40)
    assert first.returncode == 0, first.stdout + first.stderr
    before = list_processes(first, "Submitted")
    assert 4 <= len(before) <= 14  # 40 kb in tasks of at most 12 kb
    assert len(list((tmp_path / "results-test" / "calls").glob("*.bed"))) == 40
    second = run_with(41)
    kept = list_processes(second, "Cached")
    assert len(before) - len(kept) == 1
    assert (
        1 <= len(list_processes(second, "Submitted")) <= 2
    )  # the one with the new sample, parted in two if that was too large


ALONE = """
include {{ AUDITANNOT }} from '{modules}/auditannot/main'
include {{ SCOREVARIANTS }} from '{modules}/scorevariants/main'

workflow {{
    SCOREVARIANTS(channel.of([[id: 'v'], file('genome.fa.gz'), ['all'], file('v.vcf'), [], 'bacteria-tss']))
    AUDITANNOT(channel.of([[id: 'v'], file('genome.fa.gz'), ['all'], file('s.bed'), [], [], 'bacteria-tss']))
}}
"""


def test_modules_that_the_pipeline_does_not_use_give_the_shells_bytes(tmp_path: Path) -> None:
    shutil.copy(DATA / "gamma" / "genome.fa.gz", tmp_path)
    (tmp_path / "v.vcf").write_text("#CHROM\tPOS\tID\tREF\tALT\nplanted\t5000\tany\tN\tA,C,G,T\n")
    (tmp_path / "s.bed").write_text("planted\t5000\t5001\ts\t0\t+\n")
    (tmp_path / "main.nf").write_text(ALONE.format(modules=PIPELINE / "modules"))
    (tmp_path / "nextflow.config").write_text(f"includeConfig '{PIPELINE}/conf/base.config'\nparams.cpus = 1\n")
    env = environment(tmp_path / ".home", NXF_SYNTAX_PARSER="v2")
    words = ["nextflow", "run", "main.nf"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = tmp_path.glob("work/*/*/v.effects.tsv")
    shell(tmp_path, "score-variants", "genome.fa.gz", "v.vcf", "--circular", "all", *ONE, "-o", "effects.tsv")
    assert made.read_bytes() == (tmp_path / "effects.tsv").read_bytes()
    assert len(made.read_text().splitlines()) == 5
    (made,) = tmp_path.glob("work/*/*/v.audit.tsv")
    shell(tmp_path, "audit-annot", "genome.fa.gz", "s.bed", "--circular", "all", *ONE, "-o", "audit.tsv")
    assert made.read_bytes() == (tmp_path / "audit.tsv").read_bytes()


REFUSED = {
    "unknown": (["--max-cpus", "4"], r"--max-?[cC]pus is no parameter of this pipeline"),
    "nearly": (["--batchBases", "4"], r"--batchBases is no parameter of this pipeline; did you mean --batch_bases\?"),
    "no value": (["--input"], r"--input needs a value: The samplesheet"),
    "no such file": (["--input", "nowhere.csv"], r"--input nowhere.csv: there is no such file"),
    "no number": (["--cpus", "two"], r"--cpus two: this must be a whole number"),
    "no whole number": (["--cpus", "1.5"], r"--cpus 1.5: this must be a whole number"),
    "too large": (["--fdr", "1.5"], r"--fdr 1.5: this must lie within 0 and 1"),
    "no choice": (["--preset", "large"], r"--preset large: this is none of default, wide, paper, cnn"),
    "no boolean": (["--tracks", "maybe"], r"--tracks maybe: this must be true or false"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_parameters_are_refused_in_one_line(tmp_path: Path, case: str) -> None:
    words, message = REFUSED[case]
    assert_refused(run(tmp_path, *words), message)


def assert_refused(done: subprocess.CompletedProcess, message: str) -> None:
    assert done.returncode == 1
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    assert len(lines) == 3, done.stdout  # Nextflow's own two, and ours
    assert re.search(message, lines[2])
    assert "Submitted process" not in done.stdout


def test_without_a_sheet_the_pipeline_says_what_it_needs(tmp_path: Path) -> None:
    assert_refused(run(tmp_path, profile="standard"), r"--input is missing: The samplesheet")


SHEETS = {
    "no column": ("sample,genome\na,b\n", "there is no column fasta"),
    "unknown column": ("sample,fasta,strain\na,g.fa,x\n", "no column 'strain' is known"),
    "twice": ("sample,fasta\na,g.fa\na,g.fa\n", "sample 'a' is there twice"),
    "no file": ("sample,fasta\na,g.fa\nb,h.fa\n", "line 3: h.fa: there is no such file"),
    "bad name": ("sample,fasta\n../a,g.fa\n", "line 2: '../a' cannot name a sample"),
    "empty": ("sample,fasta\n", "this sheet names no sample"),
}


@pytest.mark.parametrize("case", SHEETS)
def test_wrong_sheets_are_refused_with_their_line(tmp_path: Path, case: str) -> None:
    text, message = SHEETS[case]
    (tmp_path / "g.fa").write_text(">c\nACGT\n")
    (tmp_path / "sheet.csv").write_text(text)
    assert_refused(run(tmp_path, "--input", "sheet.csv"), re.escape(f"sheet.csv: {message}"))


def test_a_module_refuses_an_input_named_as_its_output(tmp_path: Path) -> None:
    shutil.copy(DATA / "gamma" / "genome.fa.gz", tmp_path / "x.bed")
    (tmp_path / "sheet.csv").write_text("sample,fasta\nx,x.bed\n")
    done = run(tmp_path, "--input", "sheet.csv")
    assert done.returncode == 1
    assert "Input and output names are the same" in done.stdout


@pytest.mark.parametrize(
    "words", [["-profile", name] for name in ("test", "conda", "docker", "podman", "singularity", "slurm")]
)
def test_every_profile_is_a_configuration(tmp_path: Path, words: list[str]) -> None:
    done = subprocess.run(
        ["nextflow", "config", str(PIPELINE), *words, "-flat"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    expected = {"test": "params.input", "slurm": "process.executor = 'slurm'"}.get(
        words[1], f"{words[1]}.enabled = true"
    )
    assert expected in done.stdout


def test_nextflow_lint_finds_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        ["nextflow", "lint", "-o", "json", str(PIPELINE)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment(tmp_path),
    )
    found = json.loads(done.stdout[done.stdout.index("{") :])
    assert done.returncode == 0, found
    assert not found["errors"]
    assert not found.get("warnings")


OFFLINE = {"bioconda_version", "docker_tag", "singularity_tag"}
"""What nf-core's linter asks the network, or a registry, about."""


@pytest.mark.skipif(not shutil.which("nf-core"), reason="no nf-core on PATH: make test-nextflow")
def test_nf_core_lint_finds_nothing(tmp_path: Path) -> None:
    """The modules as those of a pipeline of our own, against an empty stand-in for nf-core's repository."""
    home, stub, pipe = (tmp_path / name for name in ("home", "stub", "pipe"))
    (stub / "modules" / "nf-core").mkdir(parents=True)
    (stub / ".nf-core.yml").write_text("repository_type: modules\norg_path: nf-core\n")
    for schema in ("meta", "environment"):
        (stub / "modules" / f"{schema}-schema.json").write_text("{}")
    home.mkdir()
    who = "[user]\n\tname = nobody\n\temail = nobody@localhost\n[init]\n\tdefaultBranch = master\n"
    (home / ".gitconfig").write_text(
        f'{who}[url "file://{stub}"]\n\tinsteadOf = https://github.com/nf-core/modules.git\n'
    )
    shutil.copytree(PIPELINE / "modules", pipe / "modules" / "local")
    (pipe / "main.nf").touch()
    (pipe / "nextflow.config").write_text("manifest.name = 'headmotif'\n")
    (pipe / ".nf-core.yml").write_text(
        "repository_type: pipeline\nnf_core_version: 4.2.1\ntemplate:\n  org: headmotif\n  name: headmotif\n"
    )
    (pipe / "modules.json").write_text(
        '{"name": "headmotif", "homePage": "https://pypi.org/project/headmotif/", "repos": {}}\n'
    )
    env = environment(
        tmp_path / ".nxf", HOME=str(home), XDG_CACHE_HOME=str(home), XDG_CONFIG_HOME=str(home), COLUMNS="400"
    )
    for folder in (stub, pipe):
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
            subprocess.run(["git", *words], cwd=folder, check=True, env=env)
    lint = ["nf-core", "--hide-progress", "modules", "lint", "--all", "--local"]
    done = subprocess.run(lint, cwd=pipe, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL)
    passed, warned, failed = (
        int(re.search(rf"(\d+) Tests? {word}", done.stdout).group(1)) for word in ("Passed", "Warning", "Failed")
    )
    assert done.returncode == 0
    assert failed == 0
    assert passed > 40 * len(modules())
    kinds = re.findall(r"│ (\w+): ", done.stdout)
    assert len(kinds) == warned
    assert set(kinds) <= OFFLINE, done.stdout
