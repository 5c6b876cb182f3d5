"""An installation for a measurement: a PostgreSQL with durable commits, keys, our tables, and Django set up in this process."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samsyn.config import database
from samsyn.config.cluster import Cluster
from samsyn.config.keys import create_missing


@contextmanager
def house(installation: str = "centre", *, static: bool = False) -> Iterator[Path]:
    """Make an empty installation in a temporary folder, give the folder, and take everything away afterwards.

    ``BENCH_OWNER_URL`` in the environment is the owner's address of the database; ``static`` also collects the pages' files.
    """
    with tempfile.TemporaryDirectory(prefix="samsyn-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        create_missing(folder / "keys")
        with Cluster(folder / "cluster") as cluster:
            addresses = database.prepare(cluster.url(), name="samsyn_bench", secret_folder=folder / "roles")
            environment = {
                "SAMSYN_INSTALLATION": installation,
                "SAMSYN_KEY_DIR": str(folder / "keys"),
                "SAMSYN_STATIC_DIR": str(folder / "static"),
                "DJANGO_SETTINGS_MODULE": "samsyn.config.settings",
                **addresses.environment(),
            }
            database.migrate(addresses, environment=environment)
            if static:
                database.run("collectstatic", "--noinput", "--verbosity=0", environment=environment)
            os.environ.update(environment | {"BENCH_OWNER_URL": addresses.owner})
            import django

            django.setup()
            try:
                yield folder
            finally:
                from django.db import connections

                connections.close_all()
