"""The document of the REST door holds to Spectral's rules and ours, and a document that doesn't is told so."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samsyn.deliveries.views.api import DESCRIPTION
from tests.questions.exported import FOREIGN

Said = dict[str, Any]


def _no_operation_id(said: Said) -> None:
    del said["paths"]["/deliveries"]["post"]["operationId"]


def _refusal_as_plain_json(said: Said) -> None:
    content = said["paths"]["/deliveries"]["post"]["responses"]["409"]["content"]
    content["application/json"] = content.pop("application/problem+json")


def _no_idempotency_key(said: Said) -> None:
    parameters = said["paths"]["/deliveries"]["post"]["parameters"]
    parameters[:] = [one for one in parameters if one.get("name") != "Idempotency-Key"]


def _another_method_forgotten(said: Said) -> None:
    del said["paths"]["/formats"]["get"]["responses"]["405"]


def _hole_without_parameter(said: Said) -> None:
    said["paths"]["/deliveries/{id}/{part}"] = said["paths"].pop("/deliveries/{id}/accept")


def _no_license(said: Said) -> None:
    del said["info"]["license"]


MUTANTS: dict[Callable[[Said], None], str] = {
    _no_operation_id: "operation-operationId",
    _refusal_as_plain_json: "refusals-are-problems",
    _no_idempotency_key: "what-is-sent-twice-counts-once",
    _another_method_forgotten: "other-methods-are-answered",
    _hole_without_parameter: "path-params",
    _no_license: "info-license",
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What Spectral says of our document and of the spoilt ones, by the names of its rules: one start of Node for all."""
    assert shutil.which("node"), "Node.js is missing: script/test installs it or says how"
    folder = tmp_path_factory.mktemp("openapi")
    for spoil in (None, *MUTANTS):
        said = json.loads(DESCRIPTION.read_text())
        if spoil:
            spoil(said)
        (folder / f"{spoil.__name__ if spoil else 'ours'}.json").write_text(json.dumps(said))
    command = [str(FOREIGN / "node_modules" / ".bin" / "spectral"), "lint", "--ruleset"]
    command += [str(FOREIGN / "openapi.spectral.yaml"), "--format", "json", *map(str, sorted(folder.glob("*.json")))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode in {0, 1}, done.stderr[-2000:]
    found: dict[str, set[str]] = {path.stem: set() for path in folder.glob("*.json")}
    for one in json.loads(done.stdout[: done.stdout.rindex("]") + 1]):
        found[Path(one["source"]).stem].add(one["code"])
    return found


def test_our_document_holds_to_every_rule(judged: dict[str, set[str]]) -> None:
    assert judged["ours"] == set()


@pytest.mark.parametrize("spoil", MUTANTS)
def test_a_spoilt_document_is_told_so(judged: dict[str, set[str]], spoil: Callable[[Said], None]) -> None:
    assert MUTANTS[spoil] in judged[spoil.__name__]
