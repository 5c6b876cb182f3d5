"""A keeper with a log that the test writes, a clock that the test sets, and cheap derivations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from samsyn.privacy.custody import base, bundles
from samsyn.privacy.custody.derivation import Cost
from samsyn.privacy.custody.officers import Keeper
from samsyn.privacy.custody.refusals import KeyRefused
from samsyn.privacy.custody.rights import Certificate
from samsyn.privacy.custody.store import Store

CHEAP = Cost(memory=64, passes=1)
OFFICERS = ("officer-1", "officer-2", "officer-3")


@dataclass
class Log:
    """Events as the tests store them."""

    now: datetime = datetime(2026, 9, 16, 8, 30, tzinfo=UTC)
    events: dict[str, base.StoredEvent] = field(default_factory=dict)
    on_duty: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    at_the_desk: list[Certificate] = field(default_factory=list)

    def event(self, event_id: str) -> base.StoredEvent | None:
        return self.events.get(event_id)

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
            for officer in OFFICERS[:2]:
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
        made = self.keeper.create_case(
            token=self.tokens[owner], case=case, people=[self.to(p) for p in (owner, *others)],
            event=self.log.store("case_created", owner, case),
        )  # fmt: skip
        return {grant["grantee"]: grant for grant in made["grants"]}  # type: ignore[attr-defined]

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
        installation="operator", store=Store(folder), source=log, clock=lambda: log.now, passphrase_cost=CHEAP,
        code_cost=CHEAP,
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
