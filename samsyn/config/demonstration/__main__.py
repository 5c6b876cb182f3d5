"""``script/server``: one parent that starts the database, both installations and their sites, and stops them all."""

import argparse
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from samsyn.audit.notes import Signer
from samsyn.config import database
from samsyn.config.cluster import Cluster, ClusterError
from samsyn.config.keys import create_missing
from samsyn.config.messages import compile_catalogue
from samsyn.config.process import dies_with_parent, stream_command

ROOT = Path(__file__).resolve().parent.parent.parent.parent
READY_SECONDS = 60
STOP_SECONDS = 10


class StartError(Exception):
    """The demonstration cannot start; the message says why and what to do."""


@dataclass
class Installation:
    """One of the two, with its place and its processes."""

    name: str
    port: int
    state: Path
    staff_host: str
    public_host: str
    environment: dict[str, str] = field(default_factory=dict)
    # Streams have a process and a port of their own.
    stream_port: int = field(default_factory=lambda: free_port())
    # Calls by SIP, where somebody asked for them.
    sip_port: int = 0

    @property
    def keys(self) -> Path:
        """Return the folder of keys."""
        return self.state / self.name / "keys"

    def prepare(self, server: str) -> None:
        """Make database and roles, migrate, and load the reference data and the made-up world."""
        keys = self.keys
        addresses = database.prepare(server, name=f"samsyn_{self.name}", secret_folder=self.state / self.name / "roles")
        self.environment |= {
            "SAMSYN_INSTALLATION": self.name,
            "SAMSYN_KEY_DIR": str(keys),
            "SAMSYN_STATIC_DIR": str(self.state / "static"),
            "SAMSYN_PORT": str(self.port),
            "SAMSYN_STREAM_ORIGIN": f"http://{self.public_host}:{self.stream_port}",
            "SAMSYN_STAFF_STREAM_ORIGIN": f"http://{self.staff_host}:{self.stream_port}",
            "DJANGO_SETTINGS_MODULE": "samsyn.config.demonstration.settings",
            **addresses.environment(),
        }
        if self.name == "operator":
            # The keeper's folder lies beside the keys, never in the database; its socket is reached by its own user alone.
            self.environment["SAMSYN_KEEPER_DIR"] = str(self.state / self.name / "keeper")
            self.environment["SAMSYN_KEEPER_SOCKET"] = str(self.state / self.name / "keeper.socket")
        self.write_environment()
        database.migrate(addresses, environment=self.environment)
        database.run("load", environment=self.environment)
        database.run("load_world", environment=self.environment)

    def write_environment(self) -> None:
        """Keep the environment where only its owner reads it, for ``script/samsyn``."""
        file = self.state / self.name / "environment"
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in self.environment.items()))

    def commands(self, workers: int) -> list[list[str]]:
        """Return the processes of this installation: the sites, and the work that runs by the clock."""
        web = [sys.executable, "-m", "gunicorn", "samsyn.config.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        web += [
            "--config",
            "python:samsyn.config.server",
            "--workers",
            str(workers),
            "--preload",
            "--no-control-socket",
        ]
        keeper = [[sys.executable, "-m", "samsyn.privacy.custody.server"]] if self.name == "operator" else []
        work = [sys.executable, "-m", "samsyn", "work"]
        sip = [[sys.executable, "-m", "samsyn", "sip", "--port", str(self.sip_port)]] if self.sip_port else []
        return [*keeper, web, work, stream_command(self.stream_port), *sip]

    def start(self, workers: int) -> list["subprocess.Popen[bytes]"]:
        """Start the processes; what they log goes to one file for each installation."""
        with (self.state / f"{self.name}.log").open("ab") as log:
            return [
                subprocess.Popen(
                    command,
                    env={**os.environ, **self.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=ROOT,
                    start_new_session=True,
                    preexec_fn=dies_with_parent(signal.SIGTERM),
                )
                for command in self.commands(workers)
            ]

    def url(self, host: str, path: str = "/") -> str:
        """Return an address as a person types it."""
        return f"http://{host}:{self.port}{path}"


def check_port(port: int) -> None:
    """Raise StartError if somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StartError(
                f"Port {port} is taken (is Samsyn already running?). Choose another: script/server --port {port + 100}"
            ) from error


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_ready(installation: Installation, processes: list["subprocess.Popen[bytes]"]) -> None:
    """Return when the site answers; raise StartError if a process ends or it takes too long."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{installation.port}/ready", headers={"Host": installation.staff_host}
    )
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes):
            break
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise StartError(f"The {installation.name} did not start; see {installation.state / installation.name}.log")


def stop(processes: list["subprocess.Popen[bytes]"]) -> None:
    """End our children, politely first."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def announce(centre: Installation, operator: Installation, seconds: float) -> None:
    """Print where everything is and how to sign in."""
    print(
        f"""
Samsyn is running (ready in {seconds:.0f} s). Everything here is made up. Ctrl-C stops it.

  Centre, staff        {centre.url(centre.staff_host)}
  Centre, public       {centre.url(centre.public_host)}
  Operator, staff      {operator.url(operator.staff_host)}
  Operator, visitors   {operator.url(operator.public_host)}

Sign in with one button, as any of the people who work here or deliver figures:
  {centre.url(centre.staff_host, "/personas/")}
  {operator.url(operator.staff_host, "/personas/")}

If the browser does not find *.localhost, see README ("Host names").
""",
        flush=True,
    )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="script/server", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="the centre's port; the operator takes the next one")
    parser.add_argument(
        "--state", type=Path, default=ROOT / "var" / "demonstration", help="where data and keys are kept"
    )
    parser.add_argument(
        "--sip", type=int, default=0, metavar="PORT", help="take calls by SIP on this port of 127.0.0.1 (UDP), too"
    )
    parser.add_argument(
        "--database-url",
        default=os.environ.get("DATABASE_URL"),
        help="a PostgreSQL 15+ server and a role that may make roles and databases (default: DATABASE_URL or embedded)",
    )
    return parser.parse_args()


def stop_on_signals() -> threading.Event:
    """Return an event that Ctrl-C, a closed terminal or ``kill`` sets."""
    stopping = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    return stopping


def serve(options: argparse.Namespace, stopping: threading.Event) -> int:
    """Start everything, wait for a signal, stop everything; return the exit status."""
    begun = time.monotonic()
    state: Path = options.state.resolve()
    centre = Installation("centre", options.port, state, "centre.localhost", "statistik.localhost")
    centre.sip_port = options.sip
    operator = Installation("operator", options.port + 1, state, "operator.localhost", "visitor.localhost")
    for installation in (centre, operator):
        check_port(installation.port)
    state.mkdir(parents=True, exist_ok=True)
    compile_catalogue()
    processes: list[subprocess.Popen[bytes]] = []
    with ExitStack() as stack:
        server = options.database_url
        if not server:
            print("Starting the embedded PostgreSQL ...", flush=True)
            server = stack.enter_context(Cluster(state / "postgresql")).url()
        print("Preparing the centre and the operator ...", flush=True)
        for installation in (centre, operator):
            create_missing(installation.keys)
        # As in life: the centre is told the operator's public key, and nothing else of what the operator has.
        signer = Signer(name="samsyn/operator/packages", seed=(operator.keys / "packages.key").read_bytes())
        centre.environment["SAMSYN_DEMONSTRATION_SIGNER"] = signer.verifier().to_text()
        with ThreadPoolExecutor() as both:
            list(both.map(lambda installation: installation.prepare(server), (centre, operator)))
        if stopping.is_set():
            return 0
        # The operator has every room.
        database.run("collectstatic", "--noinput", "--verbosity=0", "--skip-checks", environment=operator.environment)
        stack.callback(stop, processes)
        for installation, workers in ((centre, 2), (operator, 1)):
            processes += installation.start(workers)
        for installation in (centre, operator):
            wait_until_ready(installation, processes)
        announce(centre, operator, time.monotonic() - begun)
        while not stopping.wait(0.5):
            if any(process.poll() is not None for process in processes):
                raise StartError(f"A process ended by itself; see the logs in {state}.")
        print("Stopping ...", flush=True)
    return 0


def main() -> int:
    """Return the exit status; every expected trouble is one clear line."""
    options = arguments()
    stopping = stop_on_signals()
    try:
        return serve(options, stopping)
    except (StartError, ClusterError, database.DatabaseError) as error:
        if stopping.is_set():  # a terminal's Ctrl-C reaches the commands that prepare, too; that is no trouble
            return 0
        print(f"script/server: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
