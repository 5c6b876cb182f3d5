"""Make an installation's database and roles on a server: ``python -m samsyn.config.provision ADMIN_URL NAME FOLDER``.

Writes the three addresses into FOLDER/environment.owner and FOLDER/environment (mode 0600) and prints no secret.
"""

import os
import sys
from pathlib import Path

from samsyn.config.database import DatabaseError, prepare


def write_secret(file: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)


def main() -> int:
    """Return the exit status."""
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    admin_url, name, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    try:
        addresses = prepare(admin_url, name=name, secret_folder=folder)
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    write_secret(
        folder / "environment",
        f"DATABASE_URL={addresses.application}\nPUBLIC_DATABASE_URL={addresses.public}\n",
    )
    write_secret(
        folder / "environment.owner",
        f"DATABASE_URL={addresses.owner}\nPUBLIC_DATABASE_URL={addresses.public}\n",
    )
    print(f"Database {name} and its three roles are ready; addresses are in {folder}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
