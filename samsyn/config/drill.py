"""The restore drill: ``python -m samsyn.config.drill ADMIN_URL`` in the installation's environment.

Backs the database up, restores it beside itself, erases there again what was erased, checks the whole log against its
latest checkpoint, says what it found, and takes the copy away. Nothing of the running database is changed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from samsyn.config.cluster import ClusterError, embedded_binaries
from samsyn.config.database import DatabaseError, address, run


def program(name: str, *, version: int) -> str:
    """Return PostgreSQL's program of this name, of the server's own version where it is installed, or the embedded one.

    A newer program writes settings into a backup that an older server doesn't know.
    """
    own = Path(f"/usr/lib/postgresql/{version}/bin") / name
    if own.exists():
        return str(own)
    try:
        return str(embedded_binaries() / name)
    except ClusterError:
        found = shutil.which(name)
        if found is None:
            raise DatabaseError(f"{name} is not installed.") from None
        return found


def restored(admin_url: str, *, name: str, copy: str, folder: Path) -> None:
    """Back the database up into a folder and restore it under another name; raise DatabaseError where either fails."""
    file = folder / "backup"
    with psycopg.connect(admin_url) as server:
        version = server.info.server_version // 10_000
    for command in (
        [program("pg_dump", version=version), "--format=custom", f"--file={file}", address(admin_url, database=name)],
        [
            program("pg_restore", version=version),
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            f"--dbname={address(admin_url, database=copy)}",
            str(file),
        ],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise DatabaseError(f"{Path(command[0]).name} failed: {done.stderr.strip()}")


def drill(admin_url: str) -> list[str]:
    """Run the drill and return what it found, a line each; raise DatabaseError where the restored database is not whole."""
    name = urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/")
    copy = f"{name}_drill"
    with (
        psycopg.connect(admin_url, autocommit=True) as admin,
        tempfile.TemporaryDirectory(prefix="samsyn-drill-") as folder,
    ):
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(copy)))
        try:
            restored(admin_url, name=name, copy=copy, folder=Path(folder))
            there = address(admin_url, database=copy)
            environment = {"DATABASE_URL": there, "PUBLIC_DATABASE_URL": there}
            found = ["The backup is restored."]
            if os.environ["SAMSYN_INSTALLATION"] == "operator":
                found.append(run("replay_erasures", environment=environment).strip())
            return [*found, run("audit", "verify", environment=environment).strip()]
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))


def main() -> int:
    """Print what was found; return the exit status."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print("\n".join(drill(sys.argv[1])))
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
