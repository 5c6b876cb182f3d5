"""What html-validate says of pages as the server sent them, from one Node process for all of them."""

import atexit
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

CHECK = Path(__file__).parent.parent / "foreign" / "check_html.cjs"


def html_faults(page: str) -> list[str]:
    """Return where a page breaks the HTML standard: rule, line and column, what is wrong."""
    checker = _checker()
    assert checker.stdin is not None
    assert checker.stdout is not None
    checker.stdin.write(json.dumps(page) + "\n")
    checker.stdin.flush()
    answer = checker.stdout.readline()
    assert answer, "html-validate gave no answer: script/test installs it in tests/foreign"
    found: list[str] = json.loads(answer)
    return found


@cache
def _checker() -> "subprocess.Popen[str]":
    node = shutil.which("node")
    assert node, "Node.js is missing: script/test installs it or says how"
    checker = subprocess.Popen([node, str(CHECK)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(checker.communicate)
    return checker
