"""A keeper with a log that the test writes, a clock that the test sets, and cheap derivations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from samsyn.audit import actions as audit
from samsyn.privacy.custody import base, bundles
from samsyn.privacy.custody.derivation import Cost
from samsyn.privacy.custody.officers import Keeper
from samsyn.privacy.custody.refusals import KeyRefused
from samsyn.privacy.custody.rights import Certificate
from samsyn.privacy.custody.store import Store

CHEAP = Cost(memory=64, passes=1)
OFFICERS = ("officer-1", "officer-2", "officer-3")


def sign_log(at: datetime) -> None:
    """Place what is stored and sign it, as the clock's work does each minute."""
    audit.sequence(at=at)
    audit.checkpoint(at=at)


@dataclass
class Log:
    """Events as the tests store them."""

    now: datetime = datetime(2026, 9, 16, 8, 30, tzinfo=UTC)
    events: dict[str, base.StoredEvent] = field(default_factory=dict)
    on_duty: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    at_the_desk: list[Certificate] = field(default_factory=list)
    waiting_since: datetime | None = None

    def event(self, event_id: str) -> base.StoredEvent | None:
        return self.events.get(event_id)

    def unsigned_since(self) -> datetime | None:
        return self.waiting_since

    def is_on_duty(self, person: str) -> bool:
        return person in self.on_duty

    def erased(self) -> set[str]:
        return self.gone

    def supporters(self, installation: str) -> list[Certificate]:
        return self.at_the_desk

    def store(self, kind: str, actor: str, subject: str = "") -> str:
        made = str(uuid4())
        self.events[made] = base.StoredEvent(kind, actor, subject, self.now)
        if kind == "case_erased":
            self.gone.add(subject)
        return made


@dataclass
class House:
    """A keeper with three officers and as many supporters as a test names."""

    keeper: Keeper
    log: Log
    tokens: dict[str, bytes] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    certificates: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, bytes] = field(default_factory=dict)
    officers: tuple[str, ...] = OFFICERS

    def later(self, **time: float) -> None:
        self.log.now += timedelta(**time)

    def enrol(self, person: str, *, certified: bool = True) -> None:
        log, keeper = self.log, self.keeper
        made = keeper.enrol(
            person=person, way=bundles.PASSPHRASE, secret=f"{person} one".encode(), event=log.store("keys_made", person)
        )
        self.tokens[person] = made["token"]  # type: ignore[assignment]
        more = keeper.add_way(
            token=self.tokens[person], way=bundles.PASSKEY, secret=b"k" * 32, event=log.store("key_way_added", person)
        )
        self.records[person] = {**made, "wraps": [made["wrap"], more["wrap"]], "recovery": more["recovery"]}
        signatures = {}
        if certified and keeper.store.officers():
            for officer in self.officers[:2]:
                self.unlock(officer)
                signatures[officer] = keeper.certify(
                    token=self.tokens[officer], person=person, public=made["public"],  # type: ignore[arg-type]
                    event=log.store("keys_certified", officer, person),
                )  # fmt: skip
        self.certificates[person] = {"person": person, "public": made["public"], "signatures": signatures}

    def unlock(self, person: str, secret: bytes | None = None) -> None:
        record = self.records[person]
        self.tokens[person] = self.keeper.unlock(
            person=person, wrap=record["wraps"][0], secret=secret or self.secrets.get(person) or f"{person} one".encode(),
            ways=len(record["wraps"]), pairs=len(record["recovery"]), event=self.log.store("keys_asked", person),
        )["token"]  # type: ignore[assignment] # fmt: skip

    def begin_succession(
        self, gone: str, successor: str, seals: Mapping[str, Mapping[str, bytes]], by: str = ""
    ) -> dict[str, Any]:
        """Take the first officer's step; ``seals`` by subject are all that is sealed to officers."""
        first, second = (one for one in self.officers if one != gone)
        by = by or first
        self.unlock(by)
        shares = [{"subject": subject, "sealed": by_pair[f"{first} {second}"]} for subject, by_pair in seals.items()]
        certificates = [one for name, one in self.certificates.items() if name not in {gone, successor}]
        made: Any = self.keeper.begin_succession(
            token=self.tokens[by], gone=gone, successor=successor, public=self.records[successor]["public"],
            certificates=certificates, seals=shares, event=self.log.store("succession_begun", by, f"{gone}:{successor}"),
        )  # fmt: skip
        pairs = zip(certificates, made["signatures"], strict=True)
        renewed = [{**one, "signatures": {**one["signatures"], by: signature}} for one, signature in pairs if signature]
        opened = [{**one, "sealed": sealed} for one, sealed in zip(shares, made["seals"], strict=True) if sealed]
        return {"signature": made["signature"], "certificates": renewed, "seals": opened}

    def finish_succession(
        self, gone: str, successor: str, begun: Mapping[str, Any], by: str = ""
    ) -> dict[str, dict[str, bytes]]:
        """Take the second officer's step and keep what came of it; return the new seals by subject."""
        by = by or next(one for one in reversed(self.officers) if one != gone)
        self.unlock(by)
        made: Any = self.keeper.finish_succession(
            token=self.tokens[by], gone=gone, successor=successor, public=self.records[successor]["public"], **begun,
            event=self.log.store("officer_replaced", by, f"{gone}:{successor}"),
        )  # fmt: skip
        for one, signature in zip(begun["certificates"], made["signatures"], strict=True):
            signatures = {name: sign for name, sign in one["signatures"].items() if name != gone}
            self.certificates[one["person"]] = {**one, "signatures": {**signatures, by: signature}}
        self.officers = tuple(sorted({*self.officers, successor} - {gone}))
        return {one["subject"]: by_pair for one, by_pair in zip(begun["seals"], made["seals"], strict=True) if by_pair}

    def to(self, person: str, *rights: str, days: float = 14) -> dict[str, Any]:
        until = (self.log.now + timedelta(days=days)).isoformat()
        return {
            "certificate": self.certificates[person], "purpose": "support",
            "rights": list(rights or ("read", "write", "share")), "expires_at": until,
        }  # fmt: skip

    def at_the_desk(self, *people: str) -> None:
        """Let these be the supporters from now on."""
        self.log.at_the_desk = [Certificate(installation="operator", **self.certificates[one]) for one in people]

    def create(self, case: str, owner: str, *others: str) -> dict[str, dict[str, Any]]:
        return self.create_with_officers(case, owner, *others)[0]

    def create_with_officers(
        self, case: str, owner: str, *others: str
    ) -> tuple[dict[str, dict[str, Any]], dict[str, bytes]]:
        made = self.keeper.create_case(
            token=self.tokens[owner], case=case, people=[self.to(p) for p in (owner, *others)],
            event=self.log.store("case_created", owner, case),
        )  # fmt: skip
        return {grant["grantee"]: grant for grant in made["grants"]}, made["officers"]  # type: ignore[attr-defined, return-value]

    def access(self, grant: Mapping[str, Any]) -> dict[str, Any]:
        return {"grant": grant, "granter": self.certificates[grant["granter"]]}

    def write(self, case: str, person: str, grant: Mapping[str, Any] | None, text: bytes) -> dict[str, Any]:
        place = {"object": "note-1", "version": 1, "author": person, "kind": "note"}
        (sealed,) = self.keeper.close_texts(
            token=self.tokens[person], case=case, access=self.access(grant) if grant else None,
            texts=[{**place, "text": text}], event=self.log.store("case_written", person, case),
        )  # fmt: skip
        return {**place, "sealed": sealed}

    def read(
        self, case: str, person: str, grant: Mapping[str, Any] | None, *texts: Mapping[str, Any]
    ) -> list[bytes | None]:
        return self.keeper.open_texts(
            token=self.tokens[person], case=case, access=self.access(grant) if grant else None, texts=texts,
            event=self.log.store("case_read", person, case),
        )  # fmt: skip


def furnished(folder: Path, *, people: tuple[str, ...] = ("anna", "bo")) -> House:
    """Return a house with three officers and supporters whom two of them vouched for."""
    log = Log()
    keeper = Keeper(
        installation="operator", store=Store(folder), source=log, clock=lambda: log.now,
        steady=lambda: ("boot", log.now.timestamp()), passphrase_cost=CHEAP, code_cost=CHEAP,
    )  # fmt: skip
    assert keeper.open_service()
    made = House(keeper, log)
    for officer in OFFICERS:
        made.enrol(officer)
    publics = {name: made.records[name]["public"] for name in OFFICERS}
    keeper.found_officers(officers=publics, person="system", event=log.store("officers_founded", "system"))
    for person in people:
        made.enrol(person)
    return made


@pytest.fixture
def house(tmp_path: Path) -> House:
    return furnished(tmp_path / "keeper")


def reason(excinfo: "pytest.ExceptionInfo[KeyRefused]") -> str:
    return excinfo.value.reason
