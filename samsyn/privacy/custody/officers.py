"""What officers do, two together: vouch for keys, bring back a colleague's, let somebody read in an emergency."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from samsyn.privacy.custody import bundles, sealing
from samsyn.privacy.custody.base import PAIRS_OF_OFFICERS, Held
from samsyn.privacy.custody.cases import ORDINARY
from samsyn.privacy.custody.chats import Chats
from samsyn.privacy.custody.envelope import joined
from samsyn.privacy.custody.exports import Exports
from samsyn.privacy.custody.refusals import NOT_CERTIFIED, SAME_PERSON, TOO_EARLY, WRONG_PLACE, KeyRefused
from samsyn.privacy.custody.rights import READ, Certificate
from samsyn.privacy.custody.succession import Succession

# Time for the person to see the notice and to say that it wasn't them.
RECOVERY_WAITS = timedelta(hours=24)
EMERGENCY_LASTS = timedelta(minutes=60)


class Keeper(Exports, Chats, Succession):
    """The whole keeper: this is the only door to a key."""

    def found_officers(self, *, officers: Mapping[str, bytes], person: str, event: str) -> None:
        """Write down the first three officers, once; a successor comes by two of them alone."""
        self._use(event, kinds=("officers_founded",), person=person)
        if len(officers) != PAIRS_OF_OFFICERS:
            raise KeyRefused(NOT_CERTIFIED)
        self.store.found_officers(officers)

    def trusted_officers(self) -> list[str]:
        """Return whom the keeper trusts as officers; that is no use of a key."""
        return sorted(self.store.officers())

    def certify(self, *, token: bytes, person: str, public: bytes, event: str) -> bytes:
        """Sign that these are this person's keys; officers alone, and never for themselves."""
        session = self._session(token)
        self._use(event, kinds=("keys_certified",), person=session.person, subject=person)
        self._check_officer(session.person)
        if session.person == person:
            raise KeyRefused(SAME_PERSON)
        said = Certificate(installation=self.installation, person=person, public=public, signatures={}).said
        return self._pair(token, session).sign(said)

    def take_outer(self, *, token: bytes, sealed: bytes, officers: str, subject: str, event: str) -> bytes:
        """Take the first officer's layer off; the result is still sealed to the second one."""
        session = self._session(token)
        self._use(event, kinds=("officer_opened_first",), person=session.person, subject=subject)
        self._check_pair(officers)
        self._check_officer(session.person)
        return bundles.open_outer(sealed, pair=officers, by=self._pair(token, session), subject=subject)

    # A colleague's keys

    def begin_recovery(self, *, person: str, passphrase: bytes, event: str) -> dict[str, object]:
        """Make a pair that will receive the old keys, under a new passphrase; a day must pass from now."""
        self._use(event, kinds=("recovery_begun",), person=person)
        reception = sealing.new_pair()
        self.store.begin_recovery(person, at=self.clock(), steady=self.steady())
        wrap = self._wrapped(reception, way=bundles.PASSPHRASE, secret=passphrase, person=person)
        return {"public": reception.public, "wrap": wrap}

    def recover(
        self, *, token: bytes, sealed: bytes, officers: str, person: str, reception: bytes, event: str
    ) -> bytes:
        """Take the second officer's layer off and seal what is inside to the person at once."""
        session = self._session(token)
        subject = f"person:{person}"
        self._use(event, kinds=("officer_opened_second",), person=session.person, subject=subject)
        self._check_officer(session.person)
        self._check_pair(officers)
        self._check_waited(person)
        private = bundles.open_inner(sealed, pair=officers, by=self._pair(token, session), subject=subject)
        return sealing.seal(private, to=reception, info=_recovery_info(person))

    def finish_recovery(
        self, *, person: str, wrap: Mapping[str, Any], passphrase: bytes, sealed: bytes, event: str
    ) -> dict[str, object]:
        """Open what the officers sent and wrap it under the new passphrase."""
        self._use(event, kinds=("recovery_finished",), person=person)
        self._check_waited(person)
        pepper, cost = self.store.key("pepper"), self.passphrase_cost
        opened = bundles.unwrap(
            bundles.Wrap(wrap["way"], wrap["salt"], wrap["sealed"]),
            secret=passphrase, person=person, pepper=pepper, cost=cost,
        )  # fmt: skip
        private = sealing.from_private(opened).unseal(sealed, info=_recovery_info(person))
        pair = sealing.from_private(private)
        self.store.end_recovery(person)
        return {
            "public": pair.public,
            "wrap": self._wrapped(pair, way=bundles.PASSPHRASE, secret=passphrase, person=person),
            "recovery": self._recovery(person, pair),
            "token": self._begin(person, pair, is_ready=False),
        }

    # An emergency

    def break_glass(
        self,
        *,
        token: bytes,
        sealed: bytes,
        officers: str,
        case: str,
        version: int,
        reader: Mapping[str, Any],
        event: str,
    ) -> None:
        """Take the second layer off a case key and let one named person read for an hour, and not write."""
        session = self._session(token)
        subject = f"case:{case}:{version}"
        self._use(event, kinds=("officer_opened_second",), person=session.person, subject=subject)
        self._check_officer(session.person)
        self._check_pair(officers)
        certificate = self._certificate(reader)
        if certificate.person in officers.split(" "):
            raise KeyRefused(SAME_PERSON)
        self.store.shred_key(case, version=version)
        key = bundles.open_inner(sealed, pair=officers, by=self._pair(token, session), subject=subject)
        held = sealing.seal(key, to=certificate.public, info=self._held_info(certificate.person, case))
        with self._mutex:
            until = self.clock() + EMERGENCY_LASTS
            self._held[(certificate.person, case)] = Held(held, until, (READ,), version, ORDINARY)

    def _check_officer(self, person: str) -> None:
        if person not in self.store.officers():
            raise KeyRefused(NOT_CERTIFIED)

    def _check_waited(self, person: str) -> None:
        """Raise KeyRefused until a day has gone by the clock on the wall and by the one that nobody sets.

        That one begins anew when the machine starts, and so does the day: whoever restarts it gains nothing.
        """
        begun = self.store.recovery_begun_at(person)
        if begun is None:
            raise KeyRefused(WRONG_PLACE)
        begun_at, (boot, seconds) = begun
        now_boot, now_seconds = self.steady()
        if boot != now_boot:
            self.store.begin_recovery(person, at=begun_at, steady=(now_boot, now_seconds))
            raise KeyRefused(TOO_EARLY)
        if min(self.clock() - begun_at, timedelta(seconds=now_seconds - seconds)) < RECOVERY_WAITS:
            raise KeyRefused(TOO_EARLY)


def _recovery_info(person: str) -> bytes:
    return joined(b"samsyn recovery v1", person.encode())


def new_passphrase(words: tuple[str, ...], count: int = 6) -> str:
    """Draw a passphrase of so many words: 66 bits with six."""
    return " ".join(secrets.choice(words) for _ in range(count))
