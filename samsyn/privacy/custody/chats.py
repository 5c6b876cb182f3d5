"""A chat's key in a supporter's hands: opened once, on one stored event, and held for that conversation alone.

The visitor's own half is in their browser's cookie. What the supporter reads and writes goes through here; the key lies
sealed to the supporter in the keeper's memory, for two hours at the most, and is used only while they are unlocked. One
event is for the conversation, not for each line: the log keeps for ever, and would tell when somebody wrote what.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from samsyn.privacy.custody import envelope, sealing
from samsyn.privacy.custody.base import Held
from samsyn.privacy.custody.envelope import Context, joined
from samsyn.privacy.custody.refusals import ERASED, EXPIRED, LOCKED, KeyRefused
from samsyn.privacy.custody.rights import READ, WRITE
from samsyn.privacy.custody.windows import Windows

CHAT_LASTS = timedelta(hours=2)
# As many conversations as nobody has at once; whoever takes more is copying.
CHATS_AN_HOUR, CHATS_A_DAY = 40, 120
LAYER = "chat"


def chat_info(*, installation: str, chat: str) -> bytes:
    """Return for what a chat's key is sealed to the day's pair."""
    return joined(b"samsyn chat v1", installation.encode(), chat.encode())


def line_context(*, installation: str, chat: str, own_id: str, author: str) -> bytes:
    """Return where a line belongs: in another chat, or by another hand, it doesn't open."""
    return Context(
        installation=installation, case=chat, object=own_id, version=1, author=author, kind="chat_line"
    ).to_bytes()  # fmt: skip


class Chats(Windows):
    """What the keeper does with a conversation."""

    def take_chat(self, *, token: bytes, chat: str, day: str, key: bytes, event: str) -> None:
        """Open a chat's key for a supporter and hold it; raise KeyRefused where it isn't theirs to open."""
        session, pair = self._ready(token)
        self._use(event, kinds=("visitor_chat_opened",), person=session.person, subject=chat)
        self._spend(session.person, chat, kind="chat", an_hour=CHATS_AN_HOUR, a_day=CHATS_A_DAY)
        window = self._window_pairs(session, pair).get(day)
        if window is None:
            raise KeyRefused(ERASED)
        opened = window.unseal(key, info=chat_info(installation=self.installation, chat=chat))
        held = sealing.seal(opened, to=pair.public, info=self._chat_info(session.person, chat))
        with self._mutex:
            now = self.clock()
            self._chats = {place: one for place, one in self._chats.items() if now < one.until}
            self._chats[(session.person, chat)] = Held(held, now + CHAT_LASTS, (READ, WRITE), 1, LAYER)

    def open_lines(self, *, token: bytes, chat: str, lines: Sequence[Mapping[str, Any]]) -> list[bytes | None]:
        """Return lines of a chat that the supporter holds; None for one that is another than when it was written."""
        key = self._chat_key(token, chat)
        found: list[bytes | None] = []
        for line in lines:
            try:
                found.append(envelope.open_(line["sealed"], key=key, context=self._line_place(chat, line)))
            except KeyRefused:
                found.append(None)
        return found

    def close_line(self, *, token: bytes, chat: str, own_id: str, text: bytes) -> bytes:
        """Encrypt what the supporter says."""
        key = self._chat_key(token, chat)
        return envelope.close(text, key=key, context=self._line_place(chat, {"own_id": own_id, "author": "desk"}))

    def _line_place(self, chat: str, line: Mapping[str, Any]) -> bytes:
        return line_context(
            installation=self.installation, chat=chat, own_id=str(line["own_id"]), author=str(line["author"])
        )  # fmt: skip

    def _chat_key(self, token: bytes, chat: str) -> bytes:
        session, pair = self._ready(token)
        with self._mutex:
            held = self._chats.get((session.person, chat))
        if held is None:
            raise KeyRefused(LOCKED)
        if self.clock() >= held.until:
            raise KeyRefused(EXPIRED)
        return pair.unseal(held.sealed, info=self._chat_info(session.person, chat))

    @staticmethod
    def _chat_info(person: str, chat: str) -> bytes:
        return joined(b"samsyn held chat v1", person.encode(), chat.encode())
