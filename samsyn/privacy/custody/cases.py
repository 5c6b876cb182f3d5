"""Keys of cases: made, sealed to named people, used to open and close texts, shared, replaced, destroyed."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from samsyn.privacy.custody import bundles, envelope, sealing
from samsyn.privacy.custody.base import Base
from samsyn.privacy.custody.derivation import expand
from samsyn.privacy.custody.envelope import Context, joined
from samsyn.privacy.custody.refusals import EXPIRED, FORGED, LOCKED, NO_RIGHT, OFF_DUTY, KeyRefused
from samsyn.privacy.custody.rights import READ, RIGHTS, SHARE, WRITE, Certificate, Grant

# How often a person says ties or wishes; each time at most some lines.
TIES_AN_HOUR, TIES_A_DAY = 6, 12
ORDINARY, BY_CODE, DURESS = "ordinary", "by_code", "duress"


@dataclass(frozen=True, repr=False)
class Opened:
    """A case key in use: it lives as long as one call."""

    key: bytes
    version: int
    person: str
    layer: str
    pair: sealing.Pair


class Cases(Base):
    """What the keeper does with the keys of ordinary cases."""

    def create_case(
        self, *, token: bytes, case: str, people: Sequence[Mapping[str, Any]], event: str
    ) -> dict[str, object]:
        """Make a case's keys and seal them to the people named, and to every pair of officers."""
        session, pair = self._ready(token)
        self._use(event, kinds=("case_created",), person=session.person, subject=case)
        key = secrets.token_bytes(32)
        grants = [self._granted(key, case=case, version=1, to=one, by=session.person, pair=pair) for one in people]
        officers = self._to_officers(key, case=case, version=1)
        self.store.make_shred_key(case, secrets.token_bytes(32))
        return {"grants": grants, "officers": officers}

    def open_texts(
        self,
        *,
        token: bytes,
        case: str,
        access: Mapping[str, Any] | None,
        texts: Sequence[Mapping[str, Any]],
        event: str,
    ) -> list[bytes | None]:
        """Return the texts of a case; None for one that is of another layer or has been tampered with."""
        opened = self._opened_case(token, case=case, access=access, right=READ, event=event, kinds=("case_read",))
        key = self._content_key(opened, case)
        found: list[bytes | None] = []
        for text in texts:
            if not envelope.is_closed_with(text["sealed"], key):
                found.append(None)
                continue
            try:
                found.append(envelope.open_(text["sealed"], key=key, context=self._context(case, text)))
            except KeyRefused:
                found.append(None)
        return found

    def close_texts(
        self,
        *,
        token: bytes,
        case: str,
        access: Mapping[str, Any] | None,
        texts: Sequence[Mapping[str, Any]],
        event: str,
    ) -> list[bytes]:
        """Encrypt texts of a case, each in its context; their author is the one who is unlocked."""
        opened = self._opened_case(token, case=case, access=access, right=WRITE, event=event, kinds=("case_written",))
        if any(text["author"] != opened.person for text in texts):
            raise KeyRefused(FORGED)
        key = self._content_key(opened, case)
        return [envelope.close(text["text"], key=key, context=self._context(case, text)) for text in texts]

    def share(
        self, *, token: bytes, case: str, access: Mapping[str, Any], to: Mapping[str, Any], event: str
    ) -> dict[str, object]:
        """Seal the case key to one more person, with no more rights than the giver has."""
        opened = self._opened_case(token, case=case, access=access, right=SHARE, event=event, kinds=("case_shared",))
        if not set(to["rights"]) <= set(access["grant"]["rights"]):
            raise KeyRefused(NO_RIGHT)
        return self._granted(opened.key, case=case, version=opened.version, to=to, by=opened.person, pair=opened.pair)

    def rotate(
        self,
        *,
        token: bytes,
        case: str,
        access: Mapping[str, Any],
        people: Sequence[Mapping[str, Any]],
        texts: Sequence[Mapping[str, Any]],
        event: str,
    ) -> dict[str, object]:
        """Replace the case key: sealed to those who stay, every text encrypted anew. The old key opens nothing after."""
        opened = self._opened_case(
            token, case=case, access=access, right=SHARE, event=event, kinds=("case_key_replaced",)
        )
        old = self._content_key(opened, case)
        fresh = replace(opened, key=secrets.token_bytes(32), version=opened.version + 1)
        new = self._content_key(fresh, case, is_new=True)
        grants = [
            self._granted(fresh.key, case=case, version=fresh.version, to=one, by=opened.person, pair=opened.pair)
            for one in people
        ]
        closed = []
        for text in texts:
            context = self._context(case, text)
            closed.append(
                envelope.close(envelope.open_(text["sealed"], key=old, context=context), key=new, context=context)
            )
        officers = self._to_officers(fresh.key, case=case, version=fresh.version)
        return {"grants": grants, "officers": officers, "texts": closed, "version": fresh.version}

    def settle(self, *, case: str, version: int) -> None:
        """Note that the database has the new key's grants: from now on none of an earlier key is honoured."""
        self.store.shred_key(case, version=version)

    def erase(self, *, case: str, person: str, event: str) -> None:
        """Destroy the case's shred key: nothing of it can be read again, by anybody.

        Refused to whoever has the case open by the forced words: they have no say about what those don't open.
        """
        self._use(event, kinds=("case_erased",), person=person, subject=case)
        held = self.held(person=person, case=case)
        if held is not None and held["is_forced"]:
            raise KeyRefused(NO_RIGHT)
        self.store.erase(case, event=event, at=self.clock())
        with self._mutex:
            self._held = {k: h for k, h in self._held.items() if k[1] != case}

    def tokens(self, *, person: str, values: Sequence[str], event: str) -> list[bytes]:
        """Return what is compared instead of names and places: nobody can compute them without the keeper.

        Seldom enough that nobody finds out name by name what somebody else has said.
        """
        self._use(event, kinds=("ties_declared", "ties_excluded"), person=person)
        self._spend(person, event, kind="ties", an_hour=TIES_AN_HOUR, a_day=TIES_A_DAY)
        key = expand(self.store.key("pepper"), info=b"samsyn ties v1")
        return [hmac.digest(key, bundles.spoken(value), hashlib.sha256) for value in values]

    # Inside

    def _context(self, case: str, text: Mapping[str, Any]) -> bytes:
        return Context(
            installation=self.installation, case=case, object=text["object"], version=text["version"],
            author=text["author"], kind=text["kind"],
        ).to_bytes()  # fmt: skip

    def _content_key(self, opened: Opened, case: str, *, is_new: bool = False) -> bytes:
        shred = self.store.shred_key(case, version=opened.version - is_new)
        return expand(opened.key + shred, info=joined(b"samsyn content v1", case.encode()))

    def _granted(
        self, key: bytes, *, case: str, version: int, to: Mapping[str, Any], by: str, pair: sealing.Pair
    ) -> dict[str, object]:
        certificate = self._certificate(to["certificate"])
        rights = tuple(right for right in RIGHTS if right in to["rights"])
        grant = Grant(
            installation=self.installation, case=case, version=version, grantee=certificate.person, granter=by,
            purpose=to["purpose"], rights=rights, expires_at=to["expires_at"],
        )  # fmt: skip
        grant = replace(grant, sealed=sealing.seal(key, to=certificate.public, info=grant.info))
        grant = replace(grant, signature=pair.sign(grant.signed))
        return {
            "grantee": grant.grantee, "granter": by, "version": version, "purpose": grant.purpose,
            "rights": list(rights), "expires_at": grant.expires_at, "sealed": grant.sealed, "signature": grant.signature,
        }  # fmt: skip

    def _certificate(self, said: Mapping[str, Any]) -> Certificate:
        certificate = Certificate(
            installation=self.installation, person=said["person"], public=said["public"], signatures=said["signatures"]
        )
        certificate.check(self.store.officers())
        return certificate

    def _to_officers(self, key: bytes, *, case: str, version: int) -> dict[str, bytes]:
        return bundles.seal_to_pairs(key, officers=self.store.officers(), subject=f"case:{case}:{version}")

    def _opened_case(
        self,
        token: bytes,
        *,
        case: str,
        access: Mapping[str, Any] | None,
        right: str,
        event: str,
        kinds: tuple[str, ...],
    ) -> Opened:
        """Open a case's key by a grant, or by what the person holds for a while; the event goes first."""
        session, pair = self._ready(token)
        self._use(event, kinds=kinds, person=session.person, subject=case)
        if right != WRITE:
            self._check_signed()
        self._spend(session.person, case)
        if access is None:
            return self._opened_held(session.person, pair, case=case, right=right)
        said = access["grant"]
        grant = Grant(
            installation=self.installation, case=case, version=said["version"], grantee=session.person,
            granter=said["granter"], purpose=said["purpose"], rights=tuple(said["rights"]),
            expires_at=said["expires_at"], sealed=said["sealed"], signature=said["signature"],
        )  # fmt: skip
        granter = self._certificate(access["granter"])
        if granter.person != grant.granter:
            raise KeyRefused(FORGED)
        grant.check(right, at=self.clock(), granter=granter.public)
        # The shred key first: it tells an erased case and a replaced key from a forged grant.
        self.store.shred_key(case, version=grant.version)
        key = pair.unseal(grant.sealed, info=grant.info)
        return Opened(key, grant.version, session.person, ORDINARY, pair)

    def _opened_held(self, person: str, pair: sealing.Pair, *, case: str, right: str) -> Opened:
        with self._mutex:
            held = self._held.get((person, case))
        if held is None:
            raise KeyRefused(LOCKED)
        if self.clock() >= held.until:
            with self._mutex:
                self._held.pop((person, case), None)
            raise KeyRefused(EXPIRED)
        if right not in held.rights:
            raise KeyRefused(NO_RIGHT)
        if held.layer != ORDINARY and right == WRITE and not self.source.is_on_duty(person):
            raise KeyRefused(OFF_DUTY)
        key = pair.unseal(held.sealed, info=self._held_info(person, case))
        return Opened(key, held.version, person, held.layer, pair)

    @staticmethod
    def _held_info(person: str, case: str) -> bytes:
        return joined(b"samsyn held v1", person.encode(), case.encode())

    def let_go(self, *, person: str, case: str) -> None:
        """Forget a key that the person holds for a while: the case is not theirs to read after all."""
        with self._mutex:
            self._held.pop((person, case), None)

    def held(self, *, person: str, case: str) -> dict[str, Any] | None:
        """Return until when the person may use a key that no grant gives, if it was forced, if a new code is due; or nothing."""
        with self._mutex:
            held = self._held.get((person, case))
        if held is None or self.clock() >= held.until:
            return None
        return {"until": held.until, "is_forced": held.layer == DURESS, "wants_new_code": held.wants_new_code}
