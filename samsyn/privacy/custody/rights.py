"""What is signed: a grant of a case key to a person, and a certificate that says whose public keys these are."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from samsyn.privacy.custody import sealing
from samsyn.privacy.custody.envelope import joined
from samsyn.privacy.custody.refusals import EXPIRED, FORGED, NO_RIGHT, NOT_CERTIFIED, KeyRefused

READ, WRITE, SHARE = "read", "write", "share"
RIGHTS = (READ, WRITE, SHARE)
# Nobody vouches alone for whose keys these are: an administrator can't slip in a pair of their own.
SIGNATURES_NEEDED = 2


def _canonical(said: Mapping[str, object]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Who may do what with a case, for what and until when; ``sealed`` is the case key, sealed to the grantee."""

    installation: str
    case: str
    version: int
    grantee: str
    granter: str
    purpose: str
    rights: tuple[str, ...]
    expires_at: str
    sealed: bytes = b""
    signature: bytes = b""

    @property
    def info(self) -> bytes:
        """Return what the key is sealed for; said otherwise, it does not open."""
        said = asdict(self) | {"rights": sorted(self.rights)}
        del said["sealed"], said["signature"]
        return joined(b"samsyn grant v1", _canonical(said))

    @property
    def signed(self) -> bytes:
        """Return what the granter signs."""
        return joined(self.info, self.sealed)

    def check(self, right: str, *, at: datetime, granter: bytes) -> None:
        """Raise KeyRefused unless the granter signed this, it is in force, and it holds the right."""
        sealing.check_signature(self.signature, self.signed, by=granter)
        if at >= datetime.fromisoformat(self.expires_at):
            raise KeyRefused(EXPIRED)
        if right not in self.rights:
            raise KeyRefused(NO_RIGHT)


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """That these public keys are this person's, signed by two of the officers whom the keeper itself knows."""

    installation: str
    person: str
    public: bytes
    signatures: Mapping[str, bytes]

    @property
    def said(self) -> bytes:
        """Return what the officers sign."""
        return joined(b"samsyn certificate v1", self.installation.encode(), self.person.encode(), self.public)

    def check(self, officers: Mapping[str, bytes]) -> None:
        """Raise KeyRefused unless enough officers signed; an officer's own keys are vouched for by the keeper's list."""
        if officers.get(self.person) == self.public:
            return
        valid = 0
        for officer, signature in self.signatures.items():
            if officer not in officers:
                continue
            try:
                sealing.check_signature(signature, self.said, by=officers[officer])
            except KeyRefused:
                raise KeyRefused(FORGED) from None
            valid += 1
        if valid < SIGNATURES_NEEDED:
            raise KeyRefused(NOT_CERTIFIED)
