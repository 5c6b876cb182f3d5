"""``samsyn audit``: what it prints and how it ends."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from samsyn.audit import actions as audit
from samsyn.audit import checkpoints, notes, queries
from samsyn.audit.management.commands.audit import TERMINAL, Command
from tests.audit.conftest import Log
from tests.audit.test_verify import Tampered
from tests.conftest import CommittedDatabase


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("audit", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_verify_of_a_whole_log_says_so(log: Log) -> None:
    log.write(3)
    log.sign()
    assert run("verify") == "Loggen är hel: 3 händelser, varav 3 undertecknade.\n"


def test_verify_accepts_a_witness_and_a_public_key(log: Log, tmp_path: Path) -> None:
    log.write(3)
    log.sign()
    witness = tmp_path / "checkpoint"
    run("export-checkpoint", "--output", str(witness))
    log.write(4)
    key = checkpoints.signer().verifier().to_text()
    assert "Loggen är hel" in run("verify", "--witness", str(witness), "--key", key)


def test_verify_with_a_strangers_key_or_nonsense_is_refused(log: Log, tmp_path: Path) -> None:
    log.write(1)
    log.sign()
    with pytest.raises(CommandError, match="ingen giltig underskrift"):
        run("verify", "--key", notes.new_signer("samsyn/centre").verifier().to_text())
    with pytest.raises(CommandError, match="inte en nyckel"):
        run("verify", "--key", "nonsense")
    with pytest.raises(CommandError, match="kan inte läsas"):
        run("verify", "--witness", str(tmp_path / "missing"))


def test_checkpoint_places_and_signs(log: Log) -> None:
    log.write(2)
    assert run("checkpoint") == "Undertecknade 2 händelser.\n"
    assert queries.state().signed_size == 2


def test_prove_writes_a_proof_that_holds(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    ids = log.write(5)
    log.sign()
    run("prove", str(ids[3]))
    event = queries.event(event_id=ids[3])
    assert event is not None
    from samsyn.audit import merkle

    proof = checkpoints.read_proof(capsys.readouterr().out, leaf=merkle.leaf_hash(event.canonical().encode()))
    assert proof.index == 3
    assert proof.holds(verifier=checkpoints.signer().verifier())


def test_prove_says_what_is_missing(log: Log) -> None:
    (waiting,) = log.write(1)
    with pytest.raises(CommandError, match="ingen sådan händelse"):
        run("prove", str(uuid4()))
    with pytest.raises(CommandError, match="inte undertecknad än"):
        run("prove", str(waiting))
    with pytest.raises(CommandError, match="inte undertecknad än"):
        run("export-checkpoint")
    with pytest.raises(CommandError, match="aldrig haft"):
        run("prove-growth", "5")


def test_prove_growth_writes_what_a_witness_wants(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    log.write(3)
    log.sign()
    log.write(2)
    note = log.sign().note
    run("prove-growth", "3")
    head, _, rest = capsys.readouterr().out.partition("\n\n")
    assert head.split("\n")[0] == "old 3"
    assert rest == note


def test_without_a_key_the_message_is_clear(log: Log, settings: Any, tmp_path: Path) -> None:
    settings.SAMSYN_KEY_DIR = tmp_path
    with pytest.raises(CommandError, match="ingen nyckel"):
        run("verify")


def test_a_log_that_contradicts_itself_is_not_signed(log: Log) -> None:
    log.write(1)
    signed = log.sign()
    log.write(1)
    audit.sequence(at=log.at)
    from samsyn.audit.models import Checkpoint

    Checkpoint.objects.create(size=2, root=b"", frontier=b"", signed_at=log.at, note=signed.note)
    with pytest.raises(CommandError, match="inget undertecknades"):
        run("checkpoint")


def test_a_finding_ends_with_status_one_and_names_the_event(in_database: CommittedDatabase, committed_log: Log) -> None:
    tampered = Tampered(in_database, committed_log)
    tampered.run("UPDATE audit_event SET role = 'x' WHERE id = %(id)s", {"id": tampered.ids[8]})
    done = subprocess.run(
        [sys.executable, "-m", "samsyn", "audit", "verify"],
        env={**os.environ, **in_database.environment(), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert f"Händelse 8 är ändrad: id {tampered.ids[8]}, slag test_written" in done.stderr


@pytest.mark.parametrize(
    ("terminal", "said"),
    [
        ({"LANG": "en_GB.UTF-8"}, "recompute the whole log"),
        ({"LANG": "sv_SE.UTF-8"}, "räkna om hela loggen"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "sv_SE.UTF-8"}, "räkna om hela loggen"),
        ({"LANG": "fi_FI.UTF-8"}, "räkna om hela loggen"),
        ({}, "räkna om hela loggen"),
    ],
)
def test_the_command_speaks_the_terminals_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: dict[str, str], said: str
) -> None:
    for name in TERMINAL:
        monkeypatch.delenv(name, raising=False)
    for name, value in terminal.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        Command().run_from_argv(["samsyn", "audit", "--help"])
    assert said in " ".join(capsys.readouterr().out.split())
