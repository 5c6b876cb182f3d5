"""The exchange of packages without the rest: a vendor copies one directory and has every file of a package."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from samsyn.questions import exchange
from samsyn.questions.exchange.files import FILES
from tests.questions.exported import CORRECTED, FIRST, SECOND

# What a vendor writes. Nothing of Django can be imported, and nothing of Samsyn that was not copied.
PROGRAM = """
import hashlib, json, sys
from pathlib import Path

sys.modules["django"] = None
sys.path.insert(0, str(Path.cwd()))
from samsyn.questions.exchange import core, fhir, form, plain, xlsform
from samsyn.questions.exchange.files import FILES

*earlier, newest = core.versions()
made = {name: file.content(newest, tuple(earlier), "sv") for name, file in FILES.items()}
assert plain.from_json(made["json"]) == newest
assert fhir.from_json(made["fhir"]) == xlsform.read(made["xlsform"]) == form.of_package(newest)
ours = [module for name, module in sys.modules.items() if name.split(".")[0] == "samsyn"]
assert all(Path(module.__file__).is_relative_to(Path.cwd()) for module in ours), ours
print(json.dumps({name: [content[:4].hex(), hashlib.sha256(content).hexdigest()] for name, content in made.items()}))
"""


def test_a_vendor_copies_one_directory_and_makes_every_file(tmp_path: Path) -> None:
    copied = tmp_path / "samsyn" / "questions" / "exchange"
    shutil.copytree(Path(exchange.__file__).parent, copied, ignore=shutil.ignore_patterns("__pycache__"))
    for above in (copied.parent, copied.parent.parent):
        (above / "__init__.py").touch()
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    made = json.loads(done.stdout)
    assert set(made) == set(FILES)
    for name, file in FILES.items():
        content = file.content(CORRECTED, (FIRST, SECOND), "sv")
        head, digest = made[name]
        assert head == content[:4].hex(), name
        if not file.ending.endswith(".xlsx"):  # a workbook says when it was made
            assert digest == hashlib.sha256(content).hexdigest(), name
