"""An authenticator in software: makes and uses a passkey as a device would, or says one thing wrong."""

import secrets
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG
SEEN = FLAG.UP | FLAG.UV


@dataclass(frozen=True)
class Passkey:
    """A passkey; ``count`` is what it says of its own uses, ``flags`` what it says of the person before it."""

    host: str
    handle: str = ""
    origin: str = ""
    count: int = 0
    flags: AuthenticatorData.FLAG = SEEN
    name: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def saying(self, **other: Any) -> "Passkey":
        """Return the same passkey, which says something otherwise."""
        return replace(self, **other)

    def made(self, challenge: str, *, kind: str = "webauthn.create") -> dict[str, Any]:
        """Answer a page that makes a passkey."""
        public = AttestedCredentialData.create(
            b"\0" * 16, self.name, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(self._site(), self.flags | FLAG.AT, self.count, public)
        said = {
            "clientDataJSON": self._client(kind, challenge),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._answer(said) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def used(self, challenge: str, *, kind: str = "webauthn.get") -> dict[str, Any]:
        """Answer a page that asks for the passkey."""
        client = CollectedClientData.create(kind, challenge, self.origin or f"https://{self.host}")
        data = AuthenticatorData.create(self._site(), self.flags, self.count)
        signature = self.key.sign(bytes(data) + client.hash, ec.ECDSA(SHA256()))
        said = {
            "clientDataJSON": websafe_encode(client), "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature), "userHandle": self.handle,
        }  # fmt: skip
        return self._answer(said) | {"clientExtensionResults": {}}

    def _site(self) -> bytes:
        return sha256(self.host.encode()).digest()

    def _client(self, kind: str, challenge: str) -> str:
        return websafe_encode(CollectedClientData.create(kind, challenge, self.origin or f"https://{self.host}"))

    def _answer(self, said: dict[str, str]) -> dict[str, Any]:
        name = websafe_encode(self.name)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": said,
        }
