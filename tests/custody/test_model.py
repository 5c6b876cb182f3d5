"""Random lives of cases against a small model: who can decrypt is always exactly whom the model says."""

import shutil
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from samsyn.privacy.custody.refusals import KeyRefused
from tests.custody.conftest import House, Log, furnished

PEOPLE = ("anna", "bo", "eva")
CASES = ("c1", "c2", "c3")


class Lives(RuleBasedStateMachine):
    """``rows`` is the database as anybody with all its backups has it; ``model`` is what ought to hold."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="samsyn-model-"))
        self.house: House = furnished(self.folder, people=PEOPLE)
        self.rows: dict[str, dict[str, Any]] = {}
        self.backups: list[dict[str, dict[str, Any]]] = []
        # Every grant that was ever in the table: old rows are what an attacker writes back.
        self.ever: dict[str, list[dict[str, Any]]] = {case: [] for case in CASES}
        self.readers: dict[str, set[str]] = {}
        self.version: dict[str, int] = {}
        self.erased: set[str] = set()
        self.retired: list[str] = []
        self.officers_ever = len(self.house.officers)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    @property
    def log(self) -> Log:
        return self.house.log

    def awake(self, *names: str) -> None:
        self.house.later(minutes=1)
        for name in names:
            self.house.unlock(name)

    def alive(self, case: str) -> bool:
        return case in self.rows and case not in self.erased and bool(self.readers.get(case))

    def keep(self, case: str, grants: list[dict[str, Any]]) -> None:
        self.rows[case]["grants"] |= {grant["grantee"]: grant for grant in grants}
        self.ever[case] += grants

    @rule(case=st.sampled_from(CASES), owner=st.sampled_from(PEOPLE))
    def create(self, case: str, owner: str) -> None:
        self.awake(owner)
        try:
            grants, officers = self.house.create_with_officers(case, owner)
        except KeyRefused:
            assert case in self.version
            return
        assert case not in self.version
        self.rows[case] = {"grants": {}, "version": 1, "officers": officers}
        self.keep(case, list(grants.values()))
        self.rows[case]["text"] = self.house.write(case, owner, grants[owner], b"told")
        self.readers[case], self.version[case] = {owner}, 1

    @rule(case=st.sampled_from(CASES), to=st.sampled_from(PEOPLE))
    def grant(self, case: str, to: str) -> None:
        if not self.alive(case):
            return
        giver = min(self.readers[case])
        self.awake(giver)
        made = self.house.keeper.share(
            token=self.house.tokens[giver], case=case, access=self.house.access(self.rows[case]["grants"][giver]),
            to=self.house.to(to, days=3650), event=self.log.store("case_shared", giver, case),
        )  # fmt: skip
        self.keep(case, [made])
        self.readers[case].add(to)

    @rule(case=st.sampled_from(CASES), gone=st.sampled_from((*PEOPLE, "")))
    def revoke_or_rotate(self, case: str, gone: str) -> None:
        if not self.alive(case) or self.readers[case] == {gone}:
            return
        staying = sorted(self.readers[case] - {gone})
        self.awake(staying[0])
        row = self.rows[case]
        made: Any = self.house.keeper.rotate(
            token=self.house.tokens[staying[0]], case=case, access=self.house.access(row["grants"][staying[0]]),
            people=[self.house.to(name, days=3650) for name in staying], texts=[row["text"]],
            event=self.log.store("case_key_replaced", staying[0], case),
        )  # fmt: skip
        row["grants"], row["version"], row["officers"] = {}, made["version"], made["officers"]
        row["text"] = row["text"] | {"sealed": made["texts"][0]}
        self.keep(case, made["grants"])
        self.house.keeper.settle(case=case, version=made["version"])
        self.readers[case], self.version[case] = set(staying), made["version"]

    @rule(person=st.sampled_from(PEOPLE), pair=st.sampled_from((0, 1, 2)))
    def recover(self, person: str, pair: int) -> None:
        officers, sealed = sorted(self.house.records[person]["recovery"].items())[pair]
        first, second = officers.split()
        begun: Any = self.house.keeper.begin_recovery(
            person=person, passphrase=b"new", event=self.log.store("recovery_begun", person)
        )
        self.house.later(hours=25)
        self.awake(first, second)
        inner = self.house.keeper.take_outer(
            token=self.house.tokens[first], sealed=sealed, officers=officers, subject=f"person:{person}",
            event=self.log.store("officer_opened_first", first, f"person:{person}"),
        )  # fmt: skip
        reached = self.house.keeper.recover(
            token=self.house.tokens[second], sealed=inner, officers=officers, person=person, reception=begun["public"],
            event=self.log.store("officer_opened_second", second, f"person:{person}"),
        )  # fmt: skip
        done: Any = self.house.keeper.finish_recovery(
            person=person, wrap=begun["wrap"], passphrase=b"new", sealed=reached,
            event=self.log.store("recovery_finished", person),
        )  # fmt: skip
        self.house.records[person]["wraps"][0] = done["wrap"]
        self.house.secrets[person] = b"new"

    @rule(number=st.sampled_from((0, 1, 2)))
    def replace_an_officer(self, number: int) -> None:
        """What isn't sealed to the two who stay (an old backup came back) is left behind; all else goes on with three."""
        house = self.house
        gone = house.officers[number]
        self.officers_ever += 1
        successor = f"officer-{self.officers_ever}"
        self.awake()
        house.enrol(successor, certified=False)
        stay = " ".join(one for one in house.officers if one != gone)
        seals = {f"person:{person}": house.records[person]["recovery"] for person in PEOPLE}
        for case, row in self.rows.items():
            if stay in row["officers"]:
                seals[f"case:{case}:{row['version']}"] = row["officers"]
        new = house.finish_succession(gone, successor, house.begin_succession(gone, successor, seals))
        assert new.keys() == seals.keys()
        self.retired.append(gone)
        for person in PEOPLE:
            house.records[person]["recovery"] = new[f"person:{person}"]
        for case, row in self.rows.items():
            row["officers"] = new.get(f"case:{case}:{row['version']}", row["officers"])

    @rule(case=st.sampled_from(CASES), pair=st.sampled_from((0, 1, 2)))
    def read_in_an_emergency(self, case: str, pair: int) -> None:
        """Two officers let somebody read exactly if both are officers now and the key is the one in force."""
        if case not in self.rows:
            return
        row = self.rows[case]
        officers, sealed = sorted(row["officers"].items())[pair]
        first, second = officers.split()
        is_wanted = (
            case not in self.erased and row["version"] == self.version[case] and not {first, second} & set(self.retired)
        )
        self.awake(first, second)
        subject = f"case:{case}:{row['version']}"
        try:
            inner = self.house.keeper.take_outer(
                token=self.house.tokens[first], sealed=sealed, officers=officers, subject=subject,
                event=self.log.store("officer_opened_first", first, subject),
            )  # fmt: skip
            self.house.keeper.break_glass(
                token=self.house.tokens[second], sealed=inner, officers=officers, case=case, version=row["version"],
                reader=self.house.certificates["eva"],
                event=self.log.store("officer_opened_second", second, subject),
            )  # fmt: skip
        except KeyRefused:
            assert not is_wanted
            return
        assert is_wanted
        self.house.unlock("eva")
        assert self.house.read(case, "eva", None, row["text"]) == [b"told"]

    @rule(case=st.sampled_from(CASES))
    def shred(self, case: str) -> None:
        if not self.alive(case):
            return
        self.house.later(minutes=1)
        self.house.keeper.erase(case=case, person="anna", event=self.log.store("case_erased", "anna", case))
        self.erased.add(case)
        self.readers[case] = set()
        del self.rows[case]

    @rule()
    def back_up(self) -> None:
        self.backups.append(deepcopy(self.rows))

    @precondition(lambda self: self.backups)
    @rule()
    def restore(self) -> None:
        """An older database, today's keeper and the log: what was erased stays so, and a replaced key isn't guessed."""
        self.rows = deepcopy(self.backups[-1])
        assert self.house.keeper.open_service()
        for case in CASES:
            row = self.rows.get(case)
            if row is None or case in self.erased or row["version"] < self.version[case]:
                self.readers[case] = set()
            else:
                self.readers[case] = set(row["grants"])
        # Whatever was granted since the backup under the same key is still sealed to its people.
        for case, row in self.rows.items():
            if self.readers[case]:
                since = [grant for grant in self.ever[case] if grant["version"] == row["version"]]
                row["grants"] = {grant["grantee"]: grant for grant in since}
                self.readers[case] = set(row["grants"])

    @invariant()
    def those_who_can_decrypt_are_those_of_the_model(self) -> None:
        if not hasattr(self, "rows"):
            return
        self.house.later(hours=2)
        for person in PEOPLE:
            self.house.unlock(person)
            for case in CASES:
                text = self.rows.get(case, {}).get("text")
                can = False
                for grant in self.ever[case]:
                    if text is None:
                        break
                    try:
                        can = can or self.house.read(case, person, grant, text) == [b"told"]
                    except KeyRefused:
                        continue
                assert can == (person in self.readers.get(case, set())), (person, case)
        for case in CASES:
            if self.alive(case):
                assert len(self.rows[case]["grants"]) >= 1


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
