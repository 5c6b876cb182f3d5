"""The SFTP door with the stock client of OpenSSH: deliver, read the receipt, mend; nobody gets out of the folder or in."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

import asyncssh
import psycopg
import pytest

from samsyn.deliveries.sftp import Files
from tests.conftest import CommittedDatabase
from tests.deliveries.conftest import FORM
from tests.deliveries.figures import as_file

AT = datetime(2026, 10, 20, tzinfo=UTC)
ENROL = """
import sys
from pathlib import Path
import django
django.setup()
from tests.deliveries.conftest import AT, enrol
from samsyn.deliveries import actions
from samsyn.deliveries.forms import KeyForm
made = enrol("0180", "Stockholms stad", number=1)
form = KeyForm({"kind": "ssh", "material": Path(sys.argv[1]).read_text()})
assert form.is_valid(), form.errors
actions.add_key(sender=made.sender, at=AT, **form.cleaned_data)
"""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    return file


@pytest.fixture
def port(committed_database: CommittedDatabase, key: Path) -> Iterator[int]:
    environment = committed_database.environment()
    subprocess.run([sys.executable, "-c", ENROL, f"{key}.pub"], env=environment, check=True, capture_output=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "samsyn", "sftp", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = next(filter(None, (re.match(r"listening on .*:(\d+)$", line) for line in process.stdout)))
        yield int(found[1])
    finally:
        process.terminate()
        process.wait(timeout=10)


def sftp(port: int, key: Path, batch: str, *, user: str = "0180") -> "subprocess.CompletedProcess[str]":
    client = which("sftp")
    assert client, "the stock SFTP client is missing: script/setup installs it"
    options = ["BatchMode=yes", "StrictHostKeyChecking=no", f"UserKnownHostsFile={os.devnull}", "IdentitiesOnly=yes"]
    command = [client, "-q", "-b", "-", "-P", str(port), "-i", str(key)]
    for option in options:
        command += ["-o", option]
    return subprocess.run(
        [*command, f"{user}@127.0.0.1"], input=batch, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_file_comes_by_sftp_and_is_mended(
    port: int, key: Path, tmp_path: Path, committed_database: CommittedDatabase
) -> None:
    good = as_file(FORM, "0180", "2026K2")
    (tmp_path / "good.csv").write_bytes(good)
    (tmp_path / "bad.csv").write_bytes(good.replace(b";goal;whole;", b";goal;hole;", 1))
    done = sftp(
        port,
        key,
        f"put {tmp_path}/bad.csv\nget receipts/bad.csv.txt {tmp_path}/bad.txt\n"
        f"put {tmp_path}/good.csv good.csv.part\nrename good.csv.part good.csv\nget receipts/good.csv.txt {tmp_path}/good.txt\n"
        f"ls -l receipts\n",
    )
    assert done.returncode == 0, done.stderr
    bad, accepted = (tmp_path / "bad.txt").read_text(), (tmp_path / "good.txt").read_text()
    assert bad.startswith("AVVISAD")
    assert "Menades whole?" in bad
    assert accepted.startswith("GODKÄND 2026K2")
    with psycopg.connect(committed_database.application_url) as connection:
        rows = connection.execute(
            "SELECT state, door, received_by FROM deliveries_delivery ORDER BY received_at"
        ).fetchall()
    assert rows == [("refused", "sftp", "System 0180"), ("accepted", "sftp", "System 0180")]
    nobody_gets_out_or_in(port, key, tmp_path)  # the same server: a start takes seconds


def test_nothing_of_the_library_reaches_the_disk() -> None:
    """Whatever a newer library can do is refused until somebody has looked at it."""
    harmless = {
        "scandir",
        "exit",
        "convert_attrs",
        "format_group",
        "format_longname",
        "format_user",
        "reverse_map_path",
    }
    public = {n for n, one in vars(asyncssh.SFTPServer).items() if not n.startswith("_") and callable(one)}
    assert public - harmless <= set(vars(Files))


def nobody_gets_out_or_in(port: int, key: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"a;b\n1;2\n")
    for batch in (
        "get ../../etc/passwd",
        "get /etc/passwd",
        "mkdir x",
        "symlink /etc x",
        "rmdir /tmp",
        "df /",
        f"put {tmp_path}/x.csv receipts/x.csv",
        "ls nowhere",
    ):
        done = sftp(port, key, batch)
        assert done.returncode != 0, batch
    assert sftp(port, key, f"put {tmp_path}/x.csv ../../../../x.csv\nls receipts").returncode == 0
    assert not Path("/x.csv").exists()
    assert sftp(port, key, "ls", user="0380").returncode != 0
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
    assert sftp(port, other, "ls").returncode != 0
