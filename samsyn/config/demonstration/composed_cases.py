"""The operator's made-up cases: composed, nobody's. Loaded by a keeper in this process, before the real one starts."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from samsyn.cases import queries
from samsyn.cases.actions import cases, keys, sharing
from samsyn.people import keeping
from samsyn.people import queries as people
from samsyn.people.actors import SYSTEM, Actor
from samsyn.privacy.custody.bundles import spoken
from samsyn.privacy.custody.officers import Keeper
from samsyn.privacy.custody.server import Log
from samsyn.privacy.custody.store import Store

# Printed on the persona page: everything here is made up. A real passphrase is drawn and stands on paper.
PASSPHRASE = "apa banan citron dadel ek fikon"  # noqa: S105
OFFICERS = ("officer", "officer2", "officer3")
SUPPORTERS = ("supporter", "supporter2")


@contextmanager
def own_keeper() -> Iterator[None]:
    """Let the rooms ask a keeper in this process."""
    keeper = Keeper(
        installation="operator",
        store=Store(Path(os.environ["SAMSYN_KEEPER_DIR"])),
        source=Log(os.environ["DATABASE_URL"]),
        clock=lambda: datetime.now(UTC),
    )
    keeper.open_service()
    usual = keeping.keeper
    try:
        keeping.keeper = lambda: keeper
        yield
    finally:
        keeping.keeper = usual


def load(*, at: datetime) -> None:
    """Make the personas' keys, let two officers certify them, and tell two composed stories."""
    tokens = _people(at)
    _first_story(by=people.actor_named("supporter"), token=tokens["supporter"])
    _second_story(by=people.actor_named("supporter2"), token=tokens["supporter2"])


def _people(at: datetime) -> dict[str, bytes]:
    tokens = {name: _keys(people.actor_named(name)) for name in OFFICERS}
    accounts = [people.actor_named(name).account_id for name in OFFICERS]
    publics = {one: queries.certificate(one)["public"] for one in accounts}
    keys.found_officers(officers=publics, by=SYSTEM, at=datetime.now(UTC))
    for name in SUPPORTERS:
        by = people.actor_named(name)
        tokens[name] = _keys(by)
        for officer in OFFICERS[:2]:
            signer = people.actor_named(officer)
            keys.certify(account_id=by.account_id, token=tokens[officer], by=signer, at=datetime.now(UTC))
    return tokens


def _keys(by: Actor) -> bytes:
    """Make a persona's keys with two ways in: the passphrase above, and a key that nobody has."""
    token = keys.make_keys(way=keys.PASSPHRASE, secret=spoken(PASSPHRASE), by=by, at=datetime.now(UTC))
    keys.add_way(way=keys.PASSKEY, secret=secrets.token_bytes(32), token=token, by=by, at=datetime.now(UTC))
    return token


def _first_story(*, by: Actor, token: bytes) -> None:
    """A girl who fears a journey in summer; shared with a colleague."""
    case_id = cases.create_case(concerns_child=True, token=token, by=by, at=datetime.now(UTC))
    notes = (
        (
            40,
            "guidance",
            "Undrar om man kan bli tvingad att resa. Vill inte säga mer i dag. Får höra av sig igen.",
        ),
        (
            26,
            "support",
            "En resa planeras och en trolovning har nämnts. Är rädd för farbrodern, litar på sin syster.",
        ),
        (
            9,
            "between",
            "Skolan hänvisade till socialtjänsten och den till skolan. Vi går igenom vem som gör vad.",
        ),
        (2, "turn", "Har lämnat passet hos kuratorn. Säger att hon sover bättre."),
    )
    for days, kind, text in notes:
        _note(case_id, kind, text, days=days, by=by, token=token)
    _single(case_id, "network", [
        {"relation": "father", "marks": ["threat"]},
        {"relation": "mother", "marks": []},
        {"relation": "uncle_aunt", "marks": ["threat", "abroad"]},
        {"relation": "brother", "marks": ["threat", "knows"]},
        {"relation": "brother", "marks": []},
        {"relation": "sister", "marks": ["protects", "knows"]},
        {"relation": "school_or_work", "marks": ["protects", "knows"]},
        {"relation": "fiance", "marks": ["abroad"]},
    ], by=by, token=token)  # fmt: skip
    _single(case_id, "goals", [
        {"kind": "need", "text": "Någon vuxen utanför familjen som vet", "done": True},
        {"kind": "goal", "text": "Gå klart terminen och vara kvar i landet", "done": False},
        {"kind": "step", "text": "Möte med kurator och socialtjänst samtidigt", "done": False},
    ], by=by, token=token)  # fmt: skip
    _single(case_id, "referrals", [
        {"actor": "health_care", "whom": "Ungdomsmottagningen", "follow_up_on": "", "outcome": "taken_on"},
        {"actor": "social_services", "whom": "Möte tillsammans med kuratorn", "outcome": "not_asked",
         "follow_up_on": (datetime.now(UTC) - timedelta(days=1)).date().isoformat()},
    ], by=by, token=token)  # fmt: skip
    _single(case_id, "plan", {
        "passport": {"state": "agreed", "text": "Hos kuratorn"},
        "code_word": {"state": "agreed", "text": ""},
        "check_in": {"state": "agreed", "text": "Varje torsdag. Hörs hon inte av ringer vi skolan."},
        "travel": {"state": "later", "text": ""},
    }, by=by, token=token)  # fmt: skip
    _single(case_id, "rules", {
        "channels": ["phone"], "weekdays": [1, 2, 3, 4], "from_hour": 10, "to_hour": 14, "who_answers": "Bara hon själv",
        "name_to_use": "Biblioteket", "voicemail": "never", "code_word": "Lånetiden", "language": "svenska",
        "confirmed_on": (datetime.now(UTC) - timedelta(days=9)).date().isoformat(),
    }, by=by, token=token)  # fmt: skip
    _single(
        case_id,
        "summary",
        "Vill inte berätta om resan igen. Börja med hur veckan har varit i skolan.",
        by=by,
        token=token,
    )
    sharing.share_case(
        case_id=case_id, to=people.actor_named("supporter2").account_id, purpose="support", rights=("read", "write"),
        days=30, token=token, by=by, at=datetime.now(UTC),
    )  # fmt: skip


def _second_story(*, by: Actor, token: bytes) -> None:
    """A grown man with children, out of a marriage that others decided."""
    case_id = cases.create_case(concerns_child=False, token=token, by=by, at=datetime.now(UTC))
    _note(
        case_id,
        "support",
        "Vill skiljas. Bröderna hotar. Är orolig för barnen på umgängeshelgerna.",
        days=5,
        by=by,
        token=token,
    )
    _single(case_id, "network", [
        {"relation": "brother", "marks": ["threat"]},
        {"relation": "brother", "marks": ["threat", "abroad"]},
        {"relation": "spouse", "marks": ["knows"]},
        {"relation": "own_child", "marks": []},
        {"relation": "friend", "marks": ["protects"]},
    ], by=by, token=token)  # fmt: skip


def _note(case_id: object, kind: str, text: str, *, days: int, by: Actor, token: bytes) -> None:
    cases.add_note(
        case_id=case_id, kind=kind, text=text, told_at=datetime.now(UTC) - timedelta(days=days), token=token, by=by,  # type: ignore[arg-type]
        at=datetime.now(UTC),
    )  # fmt: skip


def _single(case_id: object, kind: str, value: object, *, by: Actor, token: bytes) -> None:
    cases.save_single(case_id=case_id, kind=kind, value=value, token=token, by=by, at=datetime.now(UTC))  # type: ignore[arg-type]
