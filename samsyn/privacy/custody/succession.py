"""A successor for an officer who leaves or lost every way in: the two others vouch, and hand over what three must share.

Each of the two takes one step. The first one signs whom they put in and renews the certificates that hold today, and
takes the outer layer off everything that is sealed to the two together. The second one does the same for the inner
layer, seals it to the three of tomorrow, and only then the list changes. Nothing of it is ever outside the keeper
unsealed, and who left opens nothing afterwards: no step is taken for somebody who isn't on the list, nor for a pair
with such a one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from samsyn.privacy.custody import bundles, sealing
from samsyn.privacy.custody.cases import Cases
from samsyn.privacy.custody.envelope import joined
from samsyn.privacy.custody.refusals import EXISTS, NOT_CERTIFIED, WRONG_PLACE, KeyRefused
from samsyn.privacy.custody.rights import Certificate


class Succession(Cases):
    """What the keeper does when an officer is replaced."""

    def begin_succession(
        self,
        *,
        token: bytes,
        gone: str,
        successor: str,
        public: bytes,
        certificates: Sequence[Mapping[str, Any]],
        seals: Sequence[Mapping[str, Any]],
        event: str,
    ) -> dict[str, object]:
        """Sign the exchange and renew certificates as the first officer; None stands for what holds no more.

        ``seals`` are of the two who stay (subject, sealed); they come back with one layer left.
        """
        session = self._session(token)
        self._use(event, kinds=("succession_begun",), person=session.person, subject=f"{gone}:{successor}")
        officers = self.store.officers()
        if gone not in officers:
            raise KeyRefused(NOT_CERTIFIED)
        if successor in officers:
            raise KeyRefused(EXISTS)
        first, second = sorted(set(officers) - {gone})
        if session.person != first:
            raise KeyRefused(NOT_CERTIFIED if session.person not in officers else WRONG_PLACE)
        pair = self._pair(token, session)
        held = [self._held_today(said, officers) for said in certificates]
        said = self._exchange(gone, successor, public, [one for one in held if one])
        return {
            "signature": pair.sign(said),
            "signatures": [pair.sign(one.said) if one else None for one in held],
            "seals": [_opened(bundles.open_outer, one, f"{first} {second}", pair) for one in seals],
        }

    def finish_succession(
        self,
        *,
        token: bytes,
        gone: str,
        successor: str,
        public: bytes,
        signature: bytes,
        certificates: Sequence[Mapping[str, Any]],
        seals: Sequence[Mapping[str, Any]],
        event: str,
    ) -> dict[str, object]:
        """Put the successor on the list as the second officer: the certificates signed, everything sealed to the new three.

        ``certificates`` are exactly those that the first officer renewed. Done twice it does the same again, so that a
        database that missed the answer gets it.
        """
        session = self._session(token)
        self._use(event, kinds=("officer_replaced",), person=session.person, subject=f"{gone}:{successor}")
        officers = self.store.officers()
        is_done = gone not in officers and officers.get(successor) == public
        if not is_done and (gone not in officers or successor in officers):
            raise KeyRefused(NOT_CERTIFIED)
        first, second = sorted(set(officers) - {gone, successor})
        if session.person != second:
            raise KeyRefused(NOT_CERTIFIED if session.person not in officers else WRONG_PLACE)
        pair = self._pair(token, session)
        known = [self._certificate_said(said) for said in certificates]
        sealing.check_signature(signature, self._exchange(gone, successor, public, known), by=officers[first])
        tomorrow = {first: officers[first], second: officers[second], successor: public}
        resealed = []
        for one in seals:
            inner = _opened(bundles.open_inner, one, f"{first} {second}", pair)
            resealed.append(
                None if inner is None else bundles.seal_to_pairs(inner, officers=tomorrow, subject=one["subject"])
            )
        with self._mutex:
            self.store.replace_officer(gone, successor=successor, public=public)
        self.lock_person(person=gone)
        return {"signatures": [pair.sign(one.said) for one in known], "seals": resealed}

    def _check_pair(self, officers: str) -> None:
        """Raise KeyRefused if one of a pair isn't an officer any more: what was sealed to them opens for nobody."""
        if not set(officers.split(" ")) <= set(self.store.officers()):
            raise KeyRefused(NOT_CERTIFIED)

    def _certificate_said(self, said: Mapping[str, Any]) -> Certificate:
        return Certificate(
            installation=self.installation, person=said["person"], public=said["public"], signatures=said["signatures"]
        )

    def _held_today(self, said: Mapping[str, Any], officers: Mapping[str, bytes]) -> Certificate | None:
        certificate = self._certificate_said(said)
        if certificate.person in officers:
            return None  # the list vouches for them, and for as long as they are on it
        try:
            certificate.check(officers)
        except KeyRefused:
            return None
        return certificate

    def _exchange(self, gone: str, successor: str, public: bytes, renewed: Sequence[Certificate]) -> bytes:
        """Return what the first officer signs: who for whom, with which keys, and whose certificates are renewed."""
        people = hashlib.sha256(joined(*sorted(one.said for one in renewed))).digest()
        return joined(
            b"samsyn succession v1", self.installation.encode(), gone.encode(), successor.encode(), public, people
        )


def _opened(layer: Any, one: Mapping[str, Any], officers: str, pair: sealing.Pair) -> bytes | None:
    """Take a layer off; None for what was tampered with, which must not keep the office from being whole."""
    try:
        found: bytes = layer(one["sealed"], pair=officers, by=pair, subject=one["subject"])
    except KeyRefused:
        return None
    return found
