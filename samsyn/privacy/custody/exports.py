"""A case that leaves the house: an officer signs what exactly may leave and to whom, then it is sealed to that receiver.

The approval is a signature over the manifest, and the keeper knows the officers itself: a row in the database that says
"approved" opens nothing, and neither does an approval of another manifest.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from samsyn.privacy.custody import envelope, sealing
from samsyn.privacy.custody.codes import Codes
from samsyn.privacy.custody.envelope import joined
from samsyn.privacy.custody.refusals import FORGED, NOT_CERTIFIED, SAME_PERSON, KeyRefused
from samsyn.privacy.custody.rights import SHARE

HEAD = b"samsyn-export/1\n"
_PURPOSE = b"samsyn export v1"


def manifest(
    *,
    installation: str,
    case: str,
    copy: str,
    asked_by: str,
    recipient: str,
    public: bytes,
    ground: str,
    texts: Sequence[Mapping[str, Any]],
    guardian: Mapping[str, str] | None = None,
) -> bytes:
    """Return what is approved, in one spelling: who asks, for whom, why, and each encrypted text by its digest.

    Of a child's case, and of no other, it also says what is known of the guardian.
    """
    said: dict[str, Any] = {
        "installation": installation,
        "case": case,
        "copy": copy,
        "asked_by": asked_by,
        "recipient": recipient,
        "key": hashlib.sha256(public).hexdigest(),
        "ground": ground,
        "texts": [
            [text["object"], text["kind"], text["version"], hashlib.sha256(text["sealed"]).hexdigest()]
            for text in texts
        ],
    }
    if guardian:
        said["guardian"] = dict(guardian)
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def opened(content: bytes, *, pair: sealing.Pair) -> dict[str, Any]:
    """Return an export as its receiver reads it; raise KeyRefused for anything that wasn't sealed to these keys."""
    head, separator, sealed = content.partition(b"\n\n")
    lines = head.split(b"\n")
    if not separator or len(lines) != 2 or lines[0] + b"\n" != HEAD:
        raise KeyRefused(FORGED)
    text = pair.unseal(sealed, info=joined(_PURPOSE, lines[1]))
    found: dict[str, Any] = json.loads(text)
    if hashlib.sha256(found["manifest"].encode()).hexdigest().encode() != lines[1]:
        raise KeyRefused(FORGED)
    return found


class Exports(Codes):
    """What the keeper does with a case that leaves."""

    def approve_export(self, *, token: bytes, case: str, said: bytes, event: str) -> bytes:
        """Sign a manifest as an officer; raise KeyRefused for who is none, or who asked for it."""
        session = self._session(token)
        self._use(event, kinds=("case_export_approved",), person=session.person, subject=case)
        if session.person not in self.store.officers():
            raise KeyRefused(NOT_CERTIFIED)
        asked = json.loads(said)
        if asked["asked_by"] == session.person:
            raise KeyRefused(SAME_PERSON)
        if (asked["case"], asked["installation"]) != (case, self.installation):
            raise KeyRefused(FORGED)
        return self._pair(token, session).sign(joined(_PURPOSE, said))

    def export(
        self,
        *,
        token: bytes,
        case: str,
        access: Mapping[str, Any],
        texts: Sequence[Mapping[str, Any]],
        copy: str,
        recipient: str,
        public: bytes,
        ground: str,
        approver: str,
        signature: bytes,
        event: str,
        guardian: Mapping[str, str] | None = None,
    ) -> bytes:
        """Open a case and seal it to the receiver, if an officer signed exactly this; all of it or nothing."""
        officers = self.store.officers()
        if approver not in officers:
            raise KeyRefused(NOT_CERTIFIED)
        opened_case = self._opened_case(
            token, case=case, access=access, right=SHARE, event=event, kinds=("case_exported",)
        )
        if approver == opened_case.person:
            raise KeyRefused(SAME_PERSON)
        said = manifest(
            installation=self.installation, case=case, copy=copy, asked_by=opened_case.person, recipient=recipient,
            public=public, ground=ground, texts=texts, guardian=guardian,
        )  # fmt: skip
        sealing.check_signature(signature, joined(_PURPOSE, said), by=officers[approver])
        key = self._content_key(opened_case, case)
        document = {
            "manifest": said.decode(),
            "approved_by": approver,
            "exported_at": self.clock().isoformat(),
            "texts": [
                {
                    "object": text["object"], "kind": text["kind"], "version": text["version"],
                    "author": text["author"],
                    "said": envelope.open_(text["sealed"], key=key, context=self._context(case, text)).decode(),
                }
                for text in texts
            ],
        }  # fmt: skip
        name = hashlib.sha256(said).hexdigest().encode()
        whole = json.dumps(document, ensure_ascii=False).encode()
        return HEAD + name + b"\n\n" + sealing.seal(whole, to=public, info=joined(_PURPOSE, name))
