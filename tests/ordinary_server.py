"""An ordinary PostgreSQL of the distribution, reached over TCP with a password, as an authority's own server would be."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from samsyn.config.process import dies_with_parent

LOWEST = 15
START_SECONDS = 60


def binaries() -> Path | None:
    """Return the folder of the newest server programs on this machine, or None where there are none new enough."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("postgres")
    folders += [Path(found).resolve().parent] if found else []
    known = [(_version(folder), folder) for folder in folders if (folder / "initdb").exists()]
    return max((one for one in known if one[0] >= LOWEST), default=(0, None))[1]


def _version(folder: Path) -> int:
    said = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True).stdout.split()
    return int(said[2].split(".")[0]) if len(said) > 2 else 0


@contextlib.contextmanager
def started(programs: Path, folder: Path) -> Iterator[str]:
    """Start a server with its files below ``folder`` and yield its administrator's address."""
    folder.mkdir(parents=True)
    data, password = folder / "data", secrets.token_urlsafe(16)
    (folder / "password").write_text(password, encoding="ascii")
    user: dict[str, object] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        import pwd

        nobody = pwd.getpwnam("nobody")
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        for path in (folder, folder / "password"):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
    subprocess.run(
        [str(programs / "initdb"), "-D", str(data), "-U", "administrator", "--encoding=UTF8", "--locale=C.UTF-8",
         "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--no-sync"],
        check=True, capture_output=True, cwd=folder, **user,  # type: ignore[call-overload]
    )  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": str(folder), "fsync": "off",
                "max_connections": 200}  # fmt: skip
    with (folder / "postgresql.log").open("ab") as log:
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data), *(part for k, v in settings.items() for part in ("-c", f"{k}={v}"))],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGINT), **user,  # type: ignore[call-overload]
        )  # fmt: skip
    address = f"postgresql://administrator:{password}@127.0.0.1:{port}/postgres"
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(address, connect_timeout=2).close()
                break
            except psycopg.OperationalError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
