"""The sequencer: places without gaps, checkpoints that agree with each other, proofs that hold."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections

from samsyn.audit import actions as audit
from samsyn.audit import checkpoints, merkle, notes, queries
from samsyn.audit.models import Checkpoint, Leaf
from tests.audit.conftest import Log
from tests.conftest import CommittedDatabase


def verifier() -> notes.Verifier:
    return checkpoints.signer().verifier()


def test_events_get_places_in_order_of_time_without_gaps(log: Log) -> None:
    ids = log.write(5)
    assert audit.sequence(at=log.at) == 5
    ids += log.write(3)
    assert audit.sequence(at=log.at) == 3
    assert list(Leaf.objects.order_by("index").values_list("index", "event_id")) == list(enumerate(ids))


def test_sequencing_again_changes_nothing(log: Log) -> None:
    log.write(3)
    audit.sequence(at=log.at)
    assert audit.sequence(at=log.at) == 0
    assert Leaf.objects.count() == 3


def test_a_checkpoint_says_size_and_root_and_is_signed(log: Log) -> None:
    log.write(7)
    signed = log.sign()
    said = checkpoints.opened(signed.note, verifier=verifier())
    hashes = [bytes(leaf) for leaf in Leaf.objects.order_by("index").values_list("hash", flat=True)]
    assert (said.size, said.root, said.signed_at) == (7, merkle.root(hashes), log.at)
    assert said.origin == "samsyn/centre"


def test_checkpoints_grow_from_each_other_and_from_nothing_else(log: Log) -> None:
    roots = []
    for count in (1, 4, 2, 9):
        log.write(count)
        roots.append(log.sign().root)
    hashes = [bytes(leaf) for leaf in Leaf.objects.order_by("index").values_list("hash", flat=True)]
    assert roots == [merkle.root(hashes[:size]) for size in (1, 5, 7, 16)]


def test_nothing_new_gives_the_same_checkpoint_again(log: Log) -> None:
    log.write(2)
    first = log.sign()
    assert log.sign() == first
    assert Checkpoint.objects.count() == 1


def test_an_empty_log_can_be_signed(log: Log) -> None:
    signed = log.sign()
    assert signed.size == 0
    assert checkpoints.opened(signed.note, verifier=verifier()).root == merkle.EMPTY_ROOT
    log.write(1)
    assert log.sign().size == 1


def test_a_clock_that_went_back_signs_nothing(log: Log) -> None:
    log.write(2)
    log.sign()
    log.write(1)
    audit.sequence(at=log.at)
    with pytest.raises(audit.ClockWentBack):
        audit.checkpoint(at=log.at - timedelta(hours=1))
    assert Checkpoint.objects.count() == 1


def test_without_a_key_nothing_is_signed(log: Log, settings: Any, tmp_path: Any) -> None:
    settings.SAMSYN_KEY_DIR = tmp_path
    log.write(1)
    audit.sequence(at=log.at)
    with pytest.raises(checkpoints.KeyMissing):
        audit.checkpoint(at=log.at)


def test_a_key_is_made_once_and_for_its_owner_alone(settings: Any, tmp_path: Any) -> None:
    settings.SAMSYN_KEY_DIR = tmp_path / "keys"
    file = checkpoints.create_key(tmp_path / "keys")
    assert file.stat().st_mode & 0o777 == 0o600
    assert checkpoints.signer().name == "samsyn/centre"
    with pytest.raises(FileExistsError):
        checkpoints.create_key(tmp_path / "keys")


def test_a_log_that_contradicts_its_checkpoint_is_not_signed_again(log: Log) -> None:
    log.write(3)
    audit.sequence(at=log.at)
    stranger = notes.new_signer("samsyn/centre")
    said = checkpoints.Checkpoint(origin="samsyn/centre", size=2, root=b"\x01" * 32, signed_at=log.at)
    Checkpoint.objects.create(
        size=2, root=said.root, frontier=said.root, signed_at=log.at, note=stranger.sign(said.text())
    )
    with pytest.raises(audit.BrokenLog):
        audit.checkpoint(at=log.at)


def test_a_checkpoint_with_a_spoilt_edge_is_not_built_on(log: Log) -> None:
    log.write(3)
    audit.sequence(at=log.at)
    signer = checkpoints.signer()
    said = checkpoints.Checkpoint(origin=signer.name, size=2, root=b"\x01" * 32, signed_at=log.at)
    Checkpoint.objects.create(
        size=2, root=said.root, frontier=b"\x02" * 32, signed_at=log.at, note=signer.sign(said.text())
    )
    with pytest.raises(audit.BrokenLog):
        audit.checkpoint(at=log.at)


def test_every_event_is_proven_and_a_proof_survives_its_text_form(log: Log) -> None:
    ids = log.write(11)
    log.sign()
    for index, event_id in enumerate(ids):
        proof = queries.inclusion_proof(event_id=event_id)
        assert proof is not None
        assert proof.index == index
        assert proof.holds(verifier=verifier())
        assert checkpoints.read_proof(proof.to_text(), leaf=proof.leaf) == proof


def test_a_proof_does_not_hold_for_another_event_place_or_key(log: Log) -> None:
    ids = log.write(5)
    log.sign()
    proof = queries.inclusion_proof(event_id=ids[2])
    other = queries.inclusion_proof(event_id=ids[3])
    assert proof is not None
    assert other is not None
    swapped = checkpoints.InclusionProof(index=proof.index, leaf=other.leaf, path=proof.path, note=proof.note)
    moved = checkpoints.InclusionProof(index=3, leaf=proof.leaf, path=proof.path, note=proof.note)
    assert not swapped.holds(verifier=verifier())
    assert not moved.holds(verifier=verifier())
    assert not proof.holds(verifier=notes.new_signer("samsyn/centre").verifier())


def test_an_event_that_is_not_signed_yet_has_no_proof(log: Log) -> None:
    log.write(2)
    log.sign()
    (waiting,) = log.write(1)
    assert queries.inclusion_proof(event_id=waiting) is None
    audit.sequence(at=log.at)
    assert queries.inclusion_proof(event_id=waiting) is None
    assert queries.inclusion_proof(event_id=uuid4()) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\nindex x\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n!!\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nnote\n",
        "another\nindex 1\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n" + "A" * 43 + "=\n" * 70 + "\nnote\n",
    ],
)
def test_what_is_not_a_proof_is_refused(text: str) -> None:
    with pytest.raises(notes.BadNote):
        checkpoints.read_proof(text, leaf=b"")


@pytest.mark.parametrize("change", ["\n07\n", "\n7\nextra\n", "\n-7\n", "\n7 \n", "\n" + "9" * 30 + "\n"])
def test_a_signed_text_that_is_not_a_checkpoint_is_refused(log: Log, change: str) -> None:
    log.write(7)
    text = checkpoints.opened(log.sign().note, verifier=verifier()).text()
    with pytest.raises(notes.BadNote):
        checkpoints.opened(checkpoints.signer().sign(text.replace("\n7\n", change)), verifier=verifier())


def test_a_checkpoint_has_one_spelling_and_one_origin(log: Log) -> None:
    log.write(7)
    signer = checkpoints.signer()
    text = checkpoints.opened(log.sign().note, verifier=verifier()).text()
    for other in (
        text.replace("000Z", "Z"),
        text.replace("=\n", "\n"),
        text.replace("samsyn/centre", "samsyn/operator"),
    ):
        assert other != text
        with pytest.raises(notes.BadNote):
            checkpoints.opened(signer.sign(other), verifier=verifier())


def test_growth_is_proven_from_every_earlier_size(log: Log) -> None:
    log.write(3)
    old = log.sign()
    log.write(10)
    new = log.sign()
    found = queries.consistency_proof(old_size=old.size)
    assert found is not None
    note, path = found
    assert note == new.note
    assert merkle.verify_consistency(
        old_size=old.size, new_size=new.size, old_root=old.root, new_root=new.root, path=path
    )
    assert queries.consistency_proof(old_size=14) is None


def test_state_tells_size_and_signing_and_sees_a_forged_checkpoint(log: Log) -> None:
    assert queries.state() == queries.State(size=0, signed_size=0, signed_at=None, is_signature_valid=False)
    log.write(4)
    signed = log.sign()
    log.write(2)
    audit.sequence(at=log.at)
    state = queries.state()
    assert (state.size, state.signed_size, state.signed_at) == (6, 4, signed.signed_at)
    assert state.is_signature_valid
    Checkpoint.objects.create(size=5, root=b"", frontier=b"", signed_at=log.at, note=signed.note)
    assert not queries.state().is_signature_valid


def test_sequencers_at_the_same_time_leave_no_gap_and_place_nothing_twice(
    in_database: CommittedDatabase, committed_log: Log
) -> None:
    ids = set(committed_log.write(60))

    def work(_number: int) -> int:
        try:
            made = 0
            for _turn in range(3):
                made += audit.sequence(at=committed_log.at)
                ids.update(Log(kind=committed_log.kind, by=committed_log.by, at=committed_log.at).write(4))
                audit.checkpoint(at=committed_log.at)
            return made
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        placed = sum(pool.map(work, range(4)))
    placed += audit.sequence(at=committed_log.at)
    leaves = list(Leaf.objects.order_by("index").values_list("index", "event_id"))
    assert placed == len(ids) == 60 + 4 * 3 * 4
    assert [index for index, _event in leaves] == list(range(len(ids)))
    assert {event for _index, event in leaves} == ids


def test_an_event_that_commits_late_is_placed_late_and_not_lost(
    in_database: CommittedDatabase, committed_log: Log
) -> None:
    kind, by, early = committed_log.kind, committed_log.by, committed_log.at
    with in_database.owner() as slow, slow.transaction():
        slow.execute(
            "INSERT INTO audit_event (id, kind, at, actor_id, pseudonym, role, subject, facts)"
            ' VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, \'\', \'{"number": 1, "word": "sen"}\')',
            [kind.code, early, by.actor_id, by.pseudonym, by.role],
        )
        committed_log.write(2)
        committed_log.sign()
        assert Leaf.objects.count() == 2
    committed_log.sign()
    with connection.cursor() as cursor:
        cursor.execute("SELECT l.index, e.facts->>'word' FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id")
        assert (2, "sen") in cursor.fetchall()
