"""A real Slurm on this one host: a controller and virtual nodes on 127.0.0.1, all state below one folder."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch")
FAST = "executor { pollInterval = '1 sec'; queueStatInterval = '2 sec' }\n"
"""Nextflow's configuration for a cluster that nobody else uses."""
MEMORY = 16000
"""MB that a virtual node says to have; nothing is taken from the host."""


def is_installed() -> bool:
    return all(shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in PROGRAMS)


class Cluster:
    """nodes: how many; cpus: of each. Use as a context; `environment` is what clients need."""

    def __init__(self, folder: Path, nodes: int, cpus: int):
        self.folder, self.cpus, self.names = folder, cpus, [f"n{i + 1}" for i in range(nodes)]
        self.environment = {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": f"{os.environ['PATH']}:/usr/sbin"}
        self.controller: subprocess.Popen | None = None
        self.daemons: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> "Cluster":
        for name in ("state", "log", "munge"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "munge").chmod(0o700)
        (self.folder / "munge/key").write_bytes(os.urandom(1024))
        (self.folder / "munge/key").chmod(0o400)
        (self.folder / "slurm.conf").write_text(self._configuration())
        munge = self.folder / "munge"
        places = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
        words = [f"--{option}={munge / name}" for option, name in places.items()]
        self.daemons["munge"] = self._begin("munged", "--force", "--foreground", *words)
        self._wait("munge's socket", lambda: (munge / "socket").exists())
        self.daemons["controller"] = self._begin("slurmctld", "-D")
        for name in self.names:
            (self.folder / f"spool.{name}").mkdir()
            self.daemons[name] = self._begin("slurmd", "-D", "-N", name)
        self._wait("the nodes", lambda: self.states().count("idle") == len(self.names))
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the jobs, then the daemons, each by its own process id."""
        self.client("scancel", f"--user={os.getuid()}")
        for daemon in reversed(self.daemons.values()):
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def client(self, *words: str) -> str:
        return subprocess.run(words, capture_output=True, text=True, env={**os.environ, **self.environment}).stdout

    def states(self) -> list[str]:
        return self.client("sinfo", "-h", "-N", "-o", "%T").split()

    def list_running(self) -> dict[str, str]:
        """The node of each running job."""
        lines = self.client("squeue", "-h", "-t", "R", "-o", "%A %N").splitlines()
        return dict(line.split() for line in lines if len(line.split()) == 2)

    def has_begun(self, job: str) -> bool:
        """Whether a job of Nextflow's has begun with its task, not with its set-up alone."""
        place = re.search(r"WorkDir=(\S+)", self.client("scontrol", "show", "job", job))
        return bool(place) and (Path(place.group(1)) / ".command.out").exists()

    def lose(self, node: str) -> None:
        """The node is gone: Slurm ends its jobs with NODE_FAIL, their processes are killed, and it comes not back."""
        self.client("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=lost")

    def _begin(self, *words: str) -> subprocess.Popen:
        program = shutil.which(words[0], path=self.environment["PATH"])
        with (self.folder / "log" / f"{words[0]}.{words[-1]}.out".replace("/", "_")).open("w") as log:
            return subprocess.Popen(
                [program, *words[1:]], stdout=log, stderr=log, env={**os.environ, **self.environment}
            )

    def _wait(self, what: str, there: object, seconds: float = 300) -> None:
        ends = time.monotonic() + seconds
        while not there():
            assert time.monotonic() < ends, f"{what} did not come up: {self.client('sinfo')}"
            time.sleep(0.1)

    def _configuration(self) -> str:
        host, user, ports = (
            socket.gethostname().split(".")[0],
            "root" if os.getuid() == 0 else os.environ["USER"],
            _ports(len(self.names) + 1),
        )
        lines = [
            "ClusterName=local",
            f"SlurmctldHost={host}(127.0.0.1)",
            f"SlurmctldPort={ports[0]}",
            f"SlurmUser={user}",
            f"SlurmdUser={user}",
            "AuthType=auth/munge",
            f"AuthInfo=socket={self.folder}/munge/socket",
            f"StateSaveLocation={self.folder}/state",
            f"SlurmdSpoolDir={self.folder}/spool.%n",
            f"SlurmctldPidFile={self.folder}/slurmctld.pid",
            f"SlurmdPidFile={self.folder}/slurmd.%n.pid",
            f"SlurmctldLogFile={self.folder}/log/slurmctld.log",
            f"SlurmdLogFile={self.folder}/log/slurmd.%n.log",
            "ProctrackType=proctrack/pgid",
            "TaskPlugin=task/none",
            "JobAcctGatherType=jobacct_gather/none",
            "AccountingStorageType=accounting_storage/none",
            "SelectType=select/cons_tres",
            "SelectTypeParameters=CR_CPU",
            "MpiDefault=none",
            "ReturnToService=0",
            "SlurmdParameters=config_overrides",
            "SchedulerParameters=batch_sched_delay=0,sched_min_interval=200000",
            *(
                f"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs={self.cpus} "
                f"RealMemory={MEMORY} State=UNKNOWN"
                for name, port in zip(self.names, ports[1:], strict=True)
            ),
            f"PartitionName=main Nodes={','.join(self.names)} Default=YES MaxTime=INFINITE State=UP",
        ]
        return "\n".join(lines) + "\n"


def _ports(count: int) -> list[int]:
    """So many free ports, found by asking for them all at once."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
