"""Verification names the first altered, missing or out-of-place event, whoever made the change.

The changes are made as the owner of the tables, with the triggers off: the worst that somebody with the database can do
without the log's key.
"""

from typing import Any
from uuid import UUID

import pytest

from samsyn.audit import checkpoints, merkle, notes, queries
from samsyn.audit.findings import Finding, Problem, Report
from samsyn.audit.models import Checkpoint, Leaf
from samsyn.audit.verify import verify
from tests.audit.conftest import Log
from tests.conftest import CommittedDatabase


class Tampered:
    """A signed log of 7 + 6 + 4 events, and somebody who changes it behind our back."""

    def __init__(self, database: CommittedDatabase, log: Log) -> None:
        self.database = database
        self.log = log
        self.ids = log.write(7)
        log.sign()
        self.ids += log.write(6)
        self.witness = log.sign().note
        self.ids += log.write(4)
        log.sign()

    def run(self, statement: str, values: dict[str, Any] | None = None) -> None:
        with self.database.owner() as owner:
            for table in ("audit_event", "audit_leaf", "audit_checkpoint"):
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
            owner.execute(statement, values)
            for table in ("audit_event", "audit_leaf", "audit_checkpoint"):
                owner.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")

    def report(self, witness: str | None = None) -> Report:
        return verify(verifier=checkpoints.signer().verifier(), witness=witness)

    def first(self, witness: str | None = None) -> Finding:
        report = self.report(witness)
        assert not report.is_whole
        assert report.first is not None
        assert report.first.sentence() in report.sentence()
        return report.first


@pytest.fixture
def tampered(in_database: CommittedDatabase, committed_log: Log) -> Tampered:
    return Tampered(in_database, committed_log)


def test_an_untouched_log_is_whole(tampered: Tampered) -> None:
    tampered.log.write(2)
    report = tampered.report(tampered.witness)
    assert report.is_whole
    assert (report.size, report.waiting, report.checkpoints, report.signed_size) == (17, 2, 3, 17)
    assert report.sentence() == "Loggen är hel: 17 händelser, varav 17 undertecknade."


@pytest.mark.parametrize(
    "change",
    [
        """facts = '{"number": 8, "word": "åäö"}'""",
        """facts = '{"number": 1, "word": "åäö", "more": 1}'""",
        "facts = '[]'",
        "facts = '3'",
        "facts = 'null'",
        "kind = 'test_other'",
        "at = at + interval '1 microsecond'",
        "actor_id = 'somebody-else'",
        "pseudonym = 'Rådgivare 4'",
        "role = 'analyst'",
        "subject = 'a-2'",
    ],
)
def test_a_changed_value_is_named(tampered: Tampered, change: str) -> None:
    tampered.run(f"UPDATE audit_event SET {change} WHERE id = %(id)s", {"id": tampered.ids[8]})
    found = tampered.first()
    assert (found.problem, found.index, found.event_id) == (Problem.ALTERED_EVENT, 8, tampered.ids[8])
    assert found.kind in {"test_written", "test_other"}
    assert str(tampered.ids[8]) in found.sentence()


def test_the_first_of_several_is_named_and_the_rest_are_counted(tampered: Tampered) -> None:
    tampered.run("UPDATE audit_event SET role = 'x' WHERE id = ANY(%(ids)s)", {"ids": tampered.ids[4:9]})
    report = tampered.report()
    assert (report.first and report.first.index, report.total) == (4, 5)
    assert "Ytterligare 4 fynd." in report.sentence()


def test_a_deleted_event_is_named(tampered: Tampered) -> None:
    tampered.run("DELETE FROM audit_event WHERE id = %(id)s", {"id": tampered.ids[3]})
    found = tampered.first()
    assert (found.problem, found.index, found.event_id) == (Problem.MISSING_EVENT, 3, tampered.ids[3])


def test_an_event_that_lost_its_place_is_named(tampered: Tampered) -> None:
    tampered.run("DELETE FROM audit_leaf WHERE index = 9")
    found = tampered.first()
    assert (found.problem, found.index, found.last) == (Problem.EMPTY_PLACE, 9, 9)
    assert (found.event_id, found.kind) == (tampered.ids[9], "test_written")


def test_an_event_deleted_with_its_place_leaves_a_named_gap(tampered: Tampered) -> None:
    tampered.run("DELETE FROM audit_leaf WHERE index = 9")
    tampered.run("DELETE FROM audit_event WHERE id = %(id)s", {"id": tampered.ids[9]})
    found = tampered.first()
    assert (found.problem, found.index, found.last, found.event_id) == (Problem.EMPTY_PLACE, 9, 9, None)


def test_several_gaps_are_told_and_the_first_comes_first(tampered: Tampered) -> None:
    tampered.run("DELETE FROM audit_leaf WHERE index IN (5, 8, 9)")
    report = tampered.report()
    assert [(f.problem, f.index, f.last) for f in report.findings] == [
        (Problem.EMPTY_PLACE, 5, 5),
        (Problem.EMPTY_PLACE, 8, 9),
    ]


def test_a_gap_in_the_unsigned_end_is_told(tampered: Tampered) -> None:
    tampered.log.write(3)
    audit_at = tampered.log.at
    from samsyn.audit import actions as audit

    audit.sequence(at=audit_at)
    tampered.run("DELETE FROM audit_leaf WHERE index = 18")
    found = tampered.first()
    assert (found.problem, found.index) == (Problem.EMPTY_PLACE, 18)


def test_a_place_far_beyond_the_end_is_told_and_costs_no_memory(tampered: Tampered) -> None:
    tampered.run("UPDATE audit_leaf SET index = 9000000000000000 WHERE index = 16")
    found = tampered.first()
    assert (found.problem, found.index, found.last) == (Problem.EMPTY_PLACE, 16, 8999999999999999)


def test_events_that_changed_places_are_named(tampered: Tampered) -> None:
    one, other = tampered.ids[8], tampered.ids[11]
    tampered.run("DELETE FROM audit_leaf WHERE index = 11")
    tampered.run("UPDATE audit_leaf SET event_id = %(other)s WHERE index = 8", {"other": other})
    tampered.run(
        "INSERT INTO audit_leaf SELECT 11, %(one)s, sha256(decode('00', 'hex')), sequenced_at FROM audit_leaf LIMIT 1",
        {"one": one},
    )
    found = tampered.first()
    assert (found.index, found.event_id) == (8, other)


def _swap(tampered: Tampered, one: int, other: int) -> None:
    tampered.run("UPDATE audit_leaf SET index = 1000 WHERE index = %(one)s", {"one": one})
    tampered.run("UPDATE audit_leaf SET index = %(one)s WHERE index = %(other)s", {"one": one, "other": other})
    tampered.run("UPDATE audit_leaf SET index = %(other)s WHERE index = 1000", {"other": other})


def test_leaves_that_changed_places_whole_are_named_exactly(tampered: Tampered) -> None:
    _swap(tampered, 8, 11)
    found = tampered.first()
    assert (found.problem, found.index, found.belongs_at) == (Problem.MISPLACED_EVENT, 8, 11)
    assert (found.event_id, found.kind) == (tampered.ids[11], "test_written")


def test_leaves_that_changed_places_across_checkpoints_are_bounded(tampered: Tampered) -> None:
    _swap(tampered, 5, 9)
    found = tampered.first()
    assert found.problem is Problem.REWRITTEN
    assert found.index <= 5
    assert found.last is not None
    assert found.last < 7


def test_only_event_ids_exchanged_are_told_as_changed_places(tampered: Tampered) -> None:
    one, other = tampered.ids[8], tampered.ids[11]
    spare = UUID(int=1)
    for index, event in ((8, spare), (11, one), (8, other)):
        tampered.run("UPDATE audit_leaf SET event_id = %(id)s WHERE index = %(at)s", {"id": event, "at": index})
    report = tampered.report()
    assert [(f.problem, f.index, f.event_id, f.belongs_at) for f in report.findings] == [
        (Problem.MISPLACED_EVENT, 8, other, 11),
        (Problem.MISPLACED_EVENT, 11, one, 8),
    ]


def _rewrite(tampered: Tampered, index: int) -> None:
    """Change an event and its leaf so that they agree: only a signed root can tell."""
    tampered.run("UPDATE audit_event SET role = 'x' WHERE id = %(id)s", {"id": tampered.ids[index]})
    event = queries.event(event_id=tampered.ids[index])
    assert event is not None
    tampered.run(
        "UPDATE audit_leaf SET hash = %(hash)s WHERE index = %(index)s",
        {"hash": merkle.leaf_hash(event.canonical().encode()), "index": index},
    )


@pytest.mark.parametrize(("index", "first", "last"), [(2, 0, 3), (5, 4, 5), (6, 6, 6), (9, 8, 11), (12, 12, 12)])
def test_an_event_rewritten_with_its_leaf_is_bounded_by_the_signed_subtrees(
    tampered: Tampered, index: int, first: int, last: int
) -> None:
    _rewrite(tampered, index)
    found = tampered.first()
    assert (found.problem, found.index, found.last) == (Problem.REWRITTEN, first, last)
    assert (found.event_id, found.kind) == (tampered.ids[first], "test_written")


def test_an_event_removed_with_its_place_closed_up_is_bounded(tampered: Tampered) -> None:
    tampered.run("DELETE FROM audit_leaf WHERE index = 9")
    tampered.run("DELETE FROM audit_event WHERE id = %(id)s", {"id": tampered.ids[9]})
    for index in range(10, 17):
        tampered.run("UPDATE audit_leaf SET index = index - 1 WHERE index = %(at)s", {"at": index})
    found = tampered.first()
    assert found.problem is Problem.REWRITTEN
    assert found.last is not None
    assert 7 <= found.index <= 9 <= found.last < 13


def test_a_cut_off_end_is_seen_by_the_checkpoint_that_is_left(tampered: Tampered) -> None:
    tampered.run("DELETE FROM audit_leaf WHERE index >= 14")
    tampered.run("DELETE FROM audit_event WHERE id = ANY(%(ids)s)", {"ids": tampered.ids[14:]})
    found = tampered.first()
    assert (found.problem, found.index, found.last) == (Problem.CUT_OFF, 14, 16)


def test_the_one_event_cut_off_is_named_while_its_row_is_left(tampered: Tampered) -> None:
    tampered.run("DELETE FROM audit_leaf WHERE index = 16")
    found = tampered.first()
    assert (found.problem, found.index, found.event_id) == (Problem.CUT_OFF, 16, tampered.ids[16])


def test_an_end_cut_off_with_its_checkpoints_is_seen_by_the_witness_alone(tampered: Tampered) -> None:
    tampered.run("DELETE FROM audit_checkpoint WHERE size > 7")
    tampered.run("DELETE FROM audit_leaf WHERE index >= 10")
    tampered.run("DELETE FROM audit_event WHERE id = ANY(%(ids)s)", {"ids": tampered.ids[10:]})
    assert tampered.report().is_whole
    found = tampered.first(tampered.witness)
    assert (found.problem, found.index, found.last) == (Problem.SHORTER_THAN_WITNESS, 10, 12)


def test_a_second_history_of_the_same_length_is_seen_by_the_witness_alone(tampered: Tampered) -> None:
    """Even with the key: history is rewritten from event 9 on and signed anew."""
    tampered.run("DELETE FROM audit_checkpoint WHERE size > 7")
    _rewrite(tampered, 9)
    tampered.log.sign()
    assert tampered.report().is_whole
    found = tampered.first(tampered.witness)
    assert (found.problem, found.index, found.last) == (Problem.CONTRADICTS_WITNESS, 7, 12)


def test_an_emptied_log_is_seen_by_the_witness(tampered: Tampered) -> None:
    tampered.run("TRUNCATE audit_event, audit_leaf, audit_checkpoint")
    assert tampered.report().is_whole
    found = tampered.first(tampered.witness)
    assert (found.problem, found.index, found.last) == (Problem.SHORTER_THAN_WITNESS, 0, 12)


def test_a_witness_that_is_not_ours_is_told(tampered: Tampered) -> None:
    said = checkpoints.Checkpoint(origin="samsyn/centre", size=3, root=b"\x02" * 32, signed_at=tampered.log.at)
    for text in ("", "nonsense\n", notes.new_signer("samsyn/centre").sign(said.text())):
        assert tampered.first(text).problem is Problem.UNREADABLE_WITNESS


@pytest.mark.parametrize(
    "change",
    [
        "root = sha256(root)",
        "frontier = sha256(root) || frontier",
        "frontier = ''::bytea",
        "frontier = substr(frontier, 33) || substr(frontier, 1, 32)",
        "signed_at = signed_at - interval '1 day'",
        "size = 12",
    ],
)
def test_an_altered_checkpoint_is_named(tampered: Tampered, change: str) -> None:
    tampered.run(f"UPDATE audit_checkpoint SET {change} WHERE size = 13")
    found = tampered.first()
    assert (found.problem, found.index) == (Problem.ALTERED_CHECKPOINT, 12 if "size =" in change else 13)


def test_a_changed_note_is_a_forged_checkpoint(tampered: Tampered) -> None:
    tampered.run("UPDATE audit_checkpoint SET note = replace(note, E'\\n13\\n', E'\\n12\\n') WHERE size = 13")
    found = tampered.first()
    assert (found.problem, found.index) == (Problem.FORGED_CHECKPOINT, 13)


def test_a_checkpoint_signed_by_another_key_is_a_forged_checkpoint(tampered: Tampered) -> None:
    hashes = [bytes(leaf) for leaf in Leaf.objects.order_by("index").values_list("hash", flat=True)]
    said = checkpoints.Checkpoint(
        origin="samsyn/centre", size=16, root=merkle.root(hashes[:16]), signed_at=tampered.log.at
    )
    note = notes.new_signer("samsyn/centre").sign(said.text())
    Checkpoint.objects.create(size=16, root=said.root, frontier=said.root, signed_at=said.signed_at, note=note)
    found = tampered.first()
    assert (found.problem, found.index) == (Problem.FORGED_CHECKPOINT, 16)


def test_a_forged_checkpoint_does_not_hide_what_it_was_to_cover(tampered: Tampered) -> None:
    tampered.run("UPDATE audit_event SET role = 'x' WHERE id = %(id)s", {"id": tampered.ids[15]})
    tampered.run("UPDATE audit_checkpoint SET note = note || 'x' WHERE size = 17")
    assert [f.problem for f in tampered.report().findings] == [Problem.ALTERED_EVENT, Problem.FORGED_CHECKPOINT]


def test_a_page_shows_the_place_of_an_event_that_is_gone(tampered: Tampered) -> None:
    tampered.run("DELETE FROM audit_event WHERE id = %(id)s", {"id": tampered.ids[8]})
    shown = queries.latest_events(selection=queries.Selection(), limit=50)
    assert [event.index for event in shown] == list(reversed(range(17)))
    (gone,) = [event for event in shown if event.is_missing]
    assert (gone.index, gone.event_id, gone.is_unaltered) == (8, tampered.ids[8], False)
    assert gone.sentence() == "Händelsen är borta ur loggen"
    by_kind = queries.latest_events(selection=queries.Selection(kind="test_written"), limit=50)
    assert len(by_kind) == 16


def test_a_page_marks_the_event_that_was_altered(tampered: Tampered) -> None:
    tampered.run("UPDATE audit_event SET role = 'x' WHERE id = %(id)s", {"id": tampered.ids[8]})
    shown = queries.latest_events(selection=queries.Selection(), limit=50)
    assert [event.index for event in shown if not event.is_unaltered] == [8]
    proof = queries.inclusion_proof(event_id=tampered.ids[8])
    assert proof is not None
    assert not proof.holds(verifier=checkpoints.signer().verifier())
