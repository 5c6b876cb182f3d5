"""What visitors wrote, opened for supporters: one pair of keys a day, destroyed when the reading time is over.

The private half never lies anywhere as it is. It is sealed to each supporter whom two officers vouched for, and those
seals are in the keeper's own store alone: a stolen database with its key folder opens nothing, and neither does the
keeper's folder without a supporter's secret. Who is a supporter the keeper reads for itself.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import Any

from samsyn.privacy.custody import envelope, sealing
from samsyn.privacy.custody.base import Base, Session
from samsyn.privacy.custody.envelope import Context, joined
from samsyn.privacy.custody.refusals import CLOSED, NO_RIGHT, NOT_CERTIFIED, KeyRefused

WINDOW_LASTS = timedelta(days=14)
# A desk has more boxes than a supporter has cases; whoever opens more than this is copying.
BOXES_AN_HOUR, BOXES_A_DAY = 30, 120
KIND = "visitor_message"


def message_info(*, installation: str, box: str, message: str) -> bytes:
    """Return for what a message's key is sealed to the day's pair."""
    return joined(b"samsyn visitor message v1", installation.encode(), box.encode(), message.encode())


def message_context(*, installation: str, box: str, message: str, author: str) -> bytes:
    """Return where a message belongs: elsewhere, or by another hand, it doesn't open."""
    return Context(
        installation=installation, case=box, object=message, version=1, author=author, kind=KIND
    ).to_bytes()  # fmt: skip


def closed_for_both(text: bytes, *, window: bytes, info: bytes, context: bytes) -> tuple[bytes, bytes, bytes]:
    """Close a text under a key of its own; return the text, the key sealed to the day's pair, and the key.

    Needs no keeper: whoever writes only needs the public half.
    """
    key = secrets.token_bytes(envelope.KEY_SIZE)
    return envelope.close(text, key=key, context=context), sealing.seal(key, to=window, info=info), key


class Windows(Base):
    """What the keeper does with visitors' messages."""

    def window(self) -> dict[str, object]:
        """Return today's day and public half, made when the day's first message comes; raise KeyRefused if nobody could read.

        Nothing is opened, so no event is asked for: what visitors do leaves none.
        """
        if self.is_closed:
            raise KeyRefused(CLOSED)
        self.forget_windows()
        day = self._today().isoformat()
        with self._mutex:
            public = self.store.window(day)
            if public is None:
                supporters = self._supporters()
                if not supporters:
                    raise KeyRefused(NOT_CERTIFIED)
                pair = sealing.new_pair()
                seals = {one: self._sealed_window(pair, day=day, to=one, at=their) for one, their in supporters.items()}
                self.store.make_window(day, pair.public, seals)
                public = pair.public
        return {"day": day, "public": public}

    def open_messages(
        self, *, token: bytes, box: str, texts: Sequence[Mapping[str, Any]], event: str
    ) -> list[bytes | None]:
        """Return the messages of a box; None for one whose day is over, or that is another than when it was written."""
        session, pair = self._ready(token)
        self._use(event, kinds=("visitor_box_read",), person=session.person, subject=box)
        self._check_signed()
        self._spend(session.person, box, kind="box", an_hour=BOXES_AN_HOUR, a_day=BOXES_A_DAY)
        pairs = self._window_pairs(session, pair)
        found: list[bytes | None] = []
        for text in texts:
            one = pairs.get(str(text["day"]))
            found.append(self._opened_message(one, box, text) if one else None)
        return found

    def forget_windows(self) -> None:
        """Destroy the pairs whose time is over, by the keeper's own clock: nobody can ask for more time, or for less."""
        self.store.forget_windows(up_to=(self._today() - WINDOW_LASTS).isoformat())

    # Inside

    def _today(self) -> date:
        return self.clock().astimezone(UTC).date()

    def _supporters(self) -> dict[str, bytes]:
        """Return those who are supporters now and whose keys two officers signed, with their public keys."""
        officers, found = self.store.officers(), {}
        for certificate in self.source.supporters(self.installation):
            try:
                certificate.check(officers)
            except KeyRefused:
                continue
            found[certificate.person] = certificate.public
        return found

    def _info(self, *, day: str, person: str) -> bytes:
        return joined(b"samsyn window v1", self.installation.encode(), day.encode(), person.encode())

    def _sealed_window(self, window: sealing.Pair, *, day: str, to: str, at: bytes) -> bytes:
        return sealing.seal(window.private, to=at, info=self._info(day=day, person=to))

    def _window_pairs(self, session: Session, pair: sealing.Pair) -> dict[str, sealing.Pair]:
        """Open every day's pair that is left, and pass each on to supporters who came later.

        Whoever is no supporter any more loses the seals in the same moment.
        """
        self.forget_windows()
        supporters = self._supporters()
        if session.person not in supporters:
            raise KeyRefused(NO_RIGHT)
        found = {}
        for day, seals in self.store.window_seals().items():
            if session.person not in seals:
                raise KeyRefused(NO_RIGHT)
            private = pair.unseal(seals[session.person], info=self._info(day=day, person=session.person))
            found[day] = sealing.from_private(private)
            new = {
                one: self._sealed_window(found[day], day=day, to=one, at=their)
                for one, their in supporters.items()
                if one not in seals
            }
            gone = seals.keys() - supporters.keys()
            if new or gone:
                self.store.change_window(day, new=new, gone=gone)
        return found

    def _opened_message(self, window: sealing.Pair, box: str, text: Mapping[str, Any]) -> bytes | None:
        said = {"installation": self.installation, "box": box, "message": str(text["message"])}
        try:
            key = window.unseal(text["key"], info=message_info(**said))
            return envelope.open_(text["sealed"], key=key, context=message_context(author=text["author"], **said))
        except KeyRefused:
            return None
