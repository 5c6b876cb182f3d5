"""Cases that only the caller's own words open: a locator of two words finds the row, four secret words open it.

Three things meet: a supporter who is unlocked, their duty, and the words. The secret goes through Argon2id with the
row's own salt and the pepper; a guess costs half a second even for somebody who has stolen the database and the pepper.
A second secret may open an empty contact instead. Wrong and unknown look the same, in words and in time.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from samsyn.privacy.custody import bundles, envelope, sealing
from samsyn.privacy.custody.base import Held
from samsyn.privacy.custody.cases import BY_CODE, DURESS, Cases
from samsyn.privacy.custody.derivation import expand, stretch
from samsyn.privacy.custody.envelope import joined
from samsyn.privacy.custody.refusals import OFF_DUTY, TOO_MANY, WRONG_SECRET, KeyRefused
from samsyn.privacy.custody.rights import READ, WRITE

# After the call the writer finishes; then the case is shut.
WRITER_KEEPS = timedelta(minutes=60)
WRONG_A_LOCATOR = 3
WRONG_A_PERSON = 10
RECOVERY = "recovery"
LAYERS = (BY_CODE, DURESS, RECOVERY)
_WORDS = 2_048


class Codes(Cases):
    """What the keeper does with cases that have no grants."""

    def locator(self, *, words: str) -> bytes:
        """Return by what a code's row is found; without the pepper nobody can compute it."""
        key = expand(self.store.key("pepper"), info=b"samsyn locator v1")
        return hmac.digest(key, words.encode(), hashlib.sha256)

    def create_by_code(
        self, *, token: bytes, case: str, locator: bytes, secrets_said: Mapping[str, str], event: str
    ) -> dict[str, object]:
        """Make a case that only its code opens; ``secrets_said`` has by_code and perhaps duress and recovery."""
        session, pair = self._ready(token)
        self._use(event, kinds=("case_created",), person=session.person, subject=case)
        self._check_duty(session.person)
        key = secrets.token_bytes(32)
        self.store.make_shred_key(case, secrets.token_bytes(32))
        row = self._code_row(key, case=case, locator=locator, said=secrets_said)
        self._hold(session.person, pair, case=case, key=key, layer=BY_CODE, locator=locator)
        return row | {"word": self._word(key, 0)}

    def open_by_code(
        self, *, token: bytes, locator: bytes, secret: str, row: Mapping[str, Any] | None, event: str
    ) -> dict[str, object]:
        """Open a case with the caller's secret words; what is wrong is never told apart."""
        now = self.clock()
        session, pair = self._ready(token)
        self._use(event, kinds=("case_code_tried",), person=session.person)
        self._check_signed()
        self._check_duty(session.person)
        limits = (("locator", locator, WRONG_A_LOCATOR), ("person", session.person.encode(), WRONG_A_PERSON))
        if any(self.store.attempts(kind, who, at=now) >= most for kind, who, most in limits):
            raise KeyRefused(TOO_MANY)
        # An unknown locator costs the same: it gets a salt of its own and wraps that nothing opens.
        known = row if row is not None else self._nothing(locator)
        strong = stretch(bundles.spoken(secret), salt=known["salt"], cost=self.code_cost)
        found: tuple[str, bytes] | None = None
        for layer in LAYERS:
            try:
                wrapping = self._wrapping_key(strong, case=known["case"], layer=layer)
                opened = envelope.open_(known[layer], key=wrapping, context=self._place(known["case"], layer))
                found = (layer, opened)
            except KeyRefused:
                continue
        if row is None or found is None:
            for kind, who, _most in limits:
                self.store.count_attempt(kind, who, at=now)
            raise KeyRefused(WRONG_SECRET)
        layer, key = found
        self._spend(session.person, known["case"])
        wants = self._hold(session.person, pair, case=known["case"], key=key, layer=layer, locator=locator)
        uses = int(known["uses"])
        return {
            "case": known["case"], "layer": layer, "wants_new_code": wants,
            "word_before": self._word(key, uses), "word": self._word(key, uses + 1),
        }  # fmt: skip

    def change_code(
        self, *, token: bytes, case: str, locator: bytes, secrets_said: Mapping[str, str], event: str
    ) -> dict[str, object]:
        """Give an open case new words; the old ones open nothing from now on."""
        opened = self._opened_case(
            token, case=case, access=None, right=WRITE, event=event, kinds=("case_code_changed",)
        )
        row = self._code_row(opened.key, case=case, locator=locator, said=secrets_said)
        if opened.layer != DURESS:
            with self._mutex:
                self._held = {
                    k: replace(h, wants_new_code=h.wants_new_code and k[1] != case) for k, h in self._held.items()
                }
        return row | {"word": self._word(opened.key, 0), "layer": opened.layer}

    def erase_forced(self, *, case: str, person: str, event: str) -> bytes:
        """Destroy what the forced words open, and nothing else; return the noise that takes the place of their wrap."""
        self._use(event, kinds=("case_erased_under_duress",), person=person, subject=case)
        with self._mutex:
            self._held = {k: h for k, h in self._held.items() if k[1] != case or h.layer != DURESS}
        return envelope.close(secrets.token_bytes(32), key=secrets.token_bytes(32), context=self._place(case, DURESS))

    def _check_duty(self, person: str) -> None:
        if not self.source.is_on_duty(person):
            raise KeyRefused(OFF_DUTY)

    def _wrapping_key(self, strong: bytes, *, case: str, layer: str) -> bytes:
        """Join what the caller knows, what the keeper has for those on duty, and what is destroyed with the case."""
        try:
            shred = self.store.shred_key(case, version=1)
        except KeyRefused:
            shred = b"\0" * 32
        parts = joined(strong, self.store.key("duty"), self.store.key("pepper"), shred)
        return expand(parts, info=joined(b"samsyn code v1", case.encode(), layer.encode()))

    @staticmethod
    def _place(case: str, layer: str) -> bytes:
        return joined(b"samsyn code v1", case.encode(), layer.encode())

    def _code_row(self, key: bytes, *, case: str, locator: bytes, said: Mapping[str, str]) -> dict[str, object]:
        """Return the row's wraps; a layer that the caller didn't choose is filled with noise of the same size."""
        salt = secrets.token_bytes(bundles.SALT_SIZE)
        row: dict[str, object] = {"locator": locator, "salt": salt}
        for layer in LAYERS:
            # The duress secret leads to a key of its own: what is written there can't be told from the case's texts.
            inner = secrets.token_bytes(32) if layer == DURESS else key
            chosen = bundles.spoken(said[layer]) if layer in said else secrets.token_bytes(32)
            strong = stretch(chosen, salt=salt, cost=self.code_cost) if layer in said else chosen
            wrapping = self._wrapping_key(strong, case=case, layer=layer)
            row[layer] = envelope.close(inner, key=wrapping, context=self._place(case, layer))
        return row

    def _nothing(self, locator: bytes) -> dict[str, Any]:
        """Return a row that no words open, the same for the same locator."""
        seed = hmac.digest(expand(self.store.key("pepper"), info=b"samsyn nothing v1"), locator, hashlib.sha256)
        noise = envelope.close(seed, key=seed, context=b"nothing")
        return {"case": seed.hex(), "salt": seed[: bundles.SALT_SIZE], "uses": 0} | dict.fromkeys(LAYERS, noise)

    def _hold(self, person: str, pair: sealing.Pair, *, case: str, key: bytes, layer: str, locator: bytes) -> bool:
        """Keep a case key for its writer for an hour, sealed to the writer, in memory alone; say whether a new code is due.

        Helpers who said the words know them: until the case has a new code everybody who opens it is asked for one. Under
        force nothing tells of that.
        """
        if layer == RECOVERY:
            self.store.mark_heard(case, locator)
        wants_new_code = layer != DURESS and self.store.is_heard(case, locator)
        sealed = sealing.seal(key, to=pair.public, info=self._held_info(person, case))
        with self._mutex:
            until = self.clock() + WRITER_KEEPS
            self._held[(person, case)] = Held(sealed, until, (READ, WRITE), 1, layer, wants_new_code)
        return wants_new_code

    @staticmethod
    def _word(key: bytes, uses: int) -> int:
        """Return the number of the word that this many openings lead to: who used the code since hears another."""
        digest = hmac.digest(key, joined(b"samsyn ratchet v1", str(uses).encode()), hashlib.sha256)
        return int.from_bytes(digest[:4], "big") % _WORDS
