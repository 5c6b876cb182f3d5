"""The embedded PostgreSQL: what stands in its place is whole, whenever the start before was killed."""

import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from samsyn.config.cluster import Cluster


@pytest.mark.own_server
@pytest.mark.timeout(120)
def test_a_start_that_is_killed_while_the_cluster_is_made_leaves_nothing_that_looks_made(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = tmp_path_factory.mktemp("cluster")
    for folder in (home, *home.parents):
        if folder.owner() == "root" and folder.parent != folder and len(folder.parts) > 2:
            folder.chmod(folder.stat().st_mode | 0o011)
    program = (
        f"from pathlib import Path; from samsyn.config.cluster import Cluster; Cluster(Path({str(home)!r})).start()"
    )
    process = subprocess.Popen([sys.executable, "-c", program])
    deadline = time.monotonic() + 60
    while not list(home.glob("*/PG_VERSION")) and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(20)
    assert not (home / "data").exists(), "killed too late for this test"
    with Cluster(home) as cluster:
        with psycopg.connect(cluster.url()) as connection:
            assert connection.execute("SHOW log_error_verbosity").fetchone() == ("terse",)
        assert "scram-sha-256" in (home / "data" / "pg_hba.conf").read_text()
