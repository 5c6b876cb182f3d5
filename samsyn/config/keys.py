"""Make the keys of an installation: ``python -m samsyn.config.keys FOLDER`` (an existing key is never replaced)."""

import os
import secrets
import sys
from pathlib import Path

# One file, one purpose: what signs a session never names a matter.
PURPOSES = ("django", "matter_code", "log", "contact_details", "packages")


def create_missing(folder: Path) -> list[str]:
    """Make each missing key, 32 random bytes readable by its owner alone, and return the names of the new ones."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for purpose in PURPOSES:
        file = folder / f"{purpose}.key"
        if file.exists():
            continue
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(secrets.token_bytes(32))
        made.append(purpose)
    return made


if __name__ == "__main__":
    place = sys.argv[1] if len(sys.argv) > 1 else os.environ["SAMSYN_KEY_DIR"]
    for name in create_missing(Path(place)):
        print(f"made {name}.key")
