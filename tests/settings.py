"""Settings for tools that need the models but no running installation (types, migrations check)."""

import os
import tempfile
from pathlib import Path

folder = Path(tempfile.gettempdir()) / f"samsyn-static-checks-{os.geteuid()}"
folder.mkdir(mode=0o700, exist_ok=True)
for name in ("django", "matter_code", "log", "contact_details", "packages"):
    if not (folder / f"{name}.key").exists():
        (folder / f"{name}.key").write_bytes(os.urandom(32))
os.environ.setdefault("SAMSYN_INSTALLATION", "operator")  # it has every room
os.environ.setdefault("DATABASE_URL", "postgresql:///samsyn")
os.environ.setdefault("PUBLIC_DATABASE_URL", "postgresql:///samsyn")
os.environ.setdefault("SAMSYN_KEY_DIR", str(folder))

from samsyn.config.settings import *  # noqa: E402, F403
