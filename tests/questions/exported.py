"""What the tests of the exports share: the packages, and the foreign programs that run in Node."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from samsyn.questions.exchange import core

FOREIGN = Path(__file__).parent.parent / "foreign"
FIRST, SECOND = core.versions()


def in_node(script: str, *arguments: Path) -> Any:
    """Run one of the scripts in tests/foreign and return what it prints."""
    node = shutil.which("node")
    assert node, "Node.js is missing: script/test installs it or says how"
    command = [node, str(FOREIGN / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90)
    assert not done.returncode, done.stderr[-2000:]
    return json.loads(done.stdout)
