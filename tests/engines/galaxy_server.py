"""A real Galaxy on 127.0.0.1 for as long as the tests need it: sqlite, two local workers, no dependency resolvers.

A Celery worker does the uploads and the metadata: it imports Galaxy once, where a job for each would import it twice
(five times slower here). Each process has a session of its own, and they alone are ended.
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ADMIN_KEY = "only-for-the-tests-of-headmotif"
USER = "test@example.org"
PATIENCE = 300  # s until it must have answered; 25 s is usual

CONFIG = """galaxy:
  data_dir: {work}/data
  database_connection: sqlite:///{work}/data/galaxy.sqlite?isolation_level=IMMEDIATE
  tool_config_file: {work}/tool_conf.xml
  tool_data_table_config_path: {work}/tool_data_table_conf.xml
  job_config_file: {work}/job_conf.yml
  sanitize_allowlist_file: {work}/allowed.txt
  single_user: {user}
  admin_users: {user}
  bootstrap_admin_api_key: {key}
  id_secret: only-for-tests
  allow_path_paste: true
  conda_auto_init: false
  conda_auto_install: false
  dependency_resolvers: []
  involucro_auto_init: false
  enable_celery_tasks: true
  metadata_strategy: celery_extended
  celery_conf:
    broker_url: sqlalchemy+sqlite:///{work}/data/celery.sqlite
    result_backend: db+sqlite:///{work}/data/results.sqlite
  watch_tools: "false"
  fetch_url_allowlist: 127.0.0.1
  cleanup_job: onsuccess
"""
JOBS = """runners: {local: {load: "galaxy.jobs.runners.local:LocalJobRunner", workers: 2}}
execution: {default: local, environments: {local: {runner: local}}}
"""


@dataclass(frozen=True)
class Galaxy:
    """A server that answers."""

    url: str
    user_key: str

    def get(self, path: str, key: str = "") -> tuple[str, bytes]:
        """Content type and body of a page of the user's."""
        request = urllib.request.Request(self.url + path, headers={"x-api-key": key or self.user_key})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.headers["Content-Type"], answer.read()

    def api(self, path: str, key: str = "", data: object = None, method: str = "") -> object:
        """What the API answers."""
        body = json.dumps(data).encode() if data is not None else None
        headers = {"x-api-key": key or self.user_key, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/{path}", body, headers, method=method or None)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


@contextmanager
def run_server(venv: Path, tools: Path, scripts: Sequence[Path], work: Path) -> Iterator[Galaxy]:
    """A server with the tools of a folder, ended when the block is left. scripts: the commands that jobs find, and
    nothing else of their environment: jobs call `python`, and need Galaxy's own."""
    _configure(work, tools, scripts)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    path = f"{work}/bin:{venv}/bin:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "GALAXY_CONFIG_FILE": f"{work}/galaxy.yml", "OMP_NUM_THREADS": "1"}
    web = [venv / "bin" / "galaxy-web", "--config", work / "galaxy.yml", "--bind", url.removeprefix("http://")]
    worker = [venv / "bin" / "celery", "--app", "galaxy.celery", "worker", "--concurrency", "2", "--pool", "threads",
              "--queues", "celery,galaxy.internal,galaxy.external"]  # fmt: skip
    with _session(web, work, environment, "server.log") as server:
        _wait(url, server, work / "server.log")  # it makes the database, which the worker needs
        with _session(worker, work, environment, "worker.log"):
            yield Galaxy(url, _user_key(Galaxy(url, ADMIN_KEY)))


@contextmanager
def _session(words: list, work: Path, environment: dict[str, str], log: str) -> Iterator[subprocess.Popen]:
    """A process in a session of its own, which is ended by its number, with all that it started."""
    with open(work / log, "wb") as stream:
        process = subprocess.Popen(
            words, cwd=work, env=environment, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
    finally:
        for sign, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 5)):
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, sign)
                process.wait(seconds)
        process.wait()


def _configure(work: Path, tools: Path, scripts: Sequence[Path]) -> None:
    for folder in (work / "data", work / "bin"):
        folder.mkdir(parents=True)
    for script in scripts:
        (work / "bin" / script.name).symlink_to(script)
    files = "".join(f'<tool file="{path.name}"/>' for path in sorted(tools.glob("*.xml")) if path.name != "macros.xml")
    section = f'<section id="headmotif" name="headmotif">{files}</section>'
    (work / "tool_conf.xml").write_text(f'<toolbox tool_path="{tools}">{section}</toolbox>\n', encoding="utf-8")
    (work / "tool_data_table_conf.xml").write_text("<tables/>\n", encoding="utf-8")
    (work / "job_conf.yml").write_text(JOBS, encoding="utf-8")
    (work / "allowed.txt").write_text("", encoding="utf-8")
    (work / "galaxy.yml").write_text(CONFIG.format(work=work, user=USER, key=ADMIN_KEY), encoding="utf-8")


def _wait(url: str, server: subprocess.Popen, log: Path) -> None:
    begun = time.monotonic()
    while True:
        try:
            urllib.request.urlopen(f"{url}/api/version", timeout=5).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() - begun > PATIENCE:
                said = log.read_text(errors="replace")[-3000:]
                raise RuntimeError(
                    f"Galaxy {'ended' if server.poll() is not None else 'does not answer'}:\n{said}"
                ) from None
            time.sleep(0.5)


def _user_key(galaxy: Galaxy) -> str:
    """An API key of the one user: the bootstrap key has no user, and planemo needs one."""
    users = galaxy.api("users", ADMIN_KEY)
    known = [one["id"] for one in users if one["email"] == USER]
    if not known:
        new = {"username": "test", "email": USER, "password": "only-for-tests"}
        known = [galaxy.api("users", ADMIN_KEY, new)["id"]]
    return galaxy.api(f"users/{known[0]}/api_key", ADMIN_KEY, {}, "POST")
