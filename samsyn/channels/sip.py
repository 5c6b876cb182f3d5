"""The queue by SIP signalling (RFC 3261): a caller rings until an adviser presses "Svara", and hangs up when done.

Signalling only: the answer opens no sound, which a switchboard in front of us carries. Nothing of ``From`` is read.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from aiosipua import IncomingCall, SdpMessage, SipRequest, SipUAS, UdpSipTransport, parse_sdp
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from samsyn.channels import actions, policies, queries
from samsyn.channels.adapters import Delivery, Unreadable, sip

# An adviser who has pressed says hello after this at most.
LOOK_EVERY = 0.2
FORBIDDEN, UNAVAILABLE = 403, 480


class Line:
    """One listening address and the calls that ring on it."""

    def __init__(self, host: str, port: int) -> None:
        self.adapter = sip.Sip(settings.SAMSYN_PHONE_NETWORKS)
        self.uas = SipUAS(UdpSipTransport((host, port)), user_agent="")
        self.uas.on_invite = self._on_invite
        self.uas.on_bye = self._on_bye
        self.uas.on_cancel = self._on_cancel
        self.uas.on_ack_timeout = self._on_timeout
        self.ringing: dict[str, IncomingCall] = {}
        # One thread, so that what is told of a call is written in its order and the database is waited for elsewhere.
        self.thread = ThreadPoolExecutor(max_workers=1)

    async def serve(self, stopping: asyncio.Event) -> None:
        """Listen until told to stop."""
        await self._start()
        try:
            while not stopping.is_set():
                await self._answer_taken()
                await asyncio.sleep(LOOK_EVERY)
        finally:
            await self.uas.stop()
            self.thread.shutdown()

    async def _start(self) -> None:
        """Take the address. On Python 3.11 no loop's line for UDP is a DatagramTransport: aiosipua asserts it, then works on.

        The assertion ends nothing but a callback, so that it would be an error in the log at each start.
        """
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_unless_it_asserts)
        try:
            await self.uas.start()
        finally:
            loop.set_exception_handler(None)

    async def _answer_taken(self) -> None:
        if not self.ringing:
            return
        loop = asyncio.get_running_loop()
        taken = await loop.run_in_executor(self.thread, _answered, tuple(self.ringing))
        for reference in taken:
            call = self.ringing.pop(reference, None)
            if call is not None:
                call.accept(_without_sound(self.uas.transport.local_addr[0]))

    def _on_invite(self, call: IncomingCall) -> None:
        if not self.adapter.is_trusted(call.source_addr[0]):
            call.reject(FORBIDDEN)
            return
        if call.call_id in self.ringing:  # sent again: the first answer was lost on the way
            self.ringing[call.call_id] = call
            call.ringing()
            return
        self.ringing[call.call_id] = call
        arrived = self._tell("INVITE", call.call_id, call.source_addr[0])
        arrived.add_done_callback(lambda done: self._ring(call, is_open=not done.exception() and done.result()))

    def _ring(self, call: IncomingCall, *, is_open: bool) -> None:
        if is_open:
            call.ringing()
        elif self.ringing.pop(call.call_id, None):
            call.reject(UNAVAILABLE)
            self._tell("REJECTED", call.call_id, call.source_addr[0])

    def _on_bye(self, call: IncomingCall, _request: SipRequest) -> None:
        self._over("BYE", call.call_id, call.source_addr[0])

    def _on_cancel(self, request: SipRequest, address: tuple[str, int]) -> None:
        self._over("CANCEL", request.call_id or "", address[0])

    def _on_timeout(self, call: IncomingCall) -> None:
        self._over("TIMEOUT", call.call_id, call.source_addr[0])

    def _over(self, step: str, reference: str, address: str) -> None:
        self.ringing.pop(reference, None)
        self._tell(step, reference, address)

    def _tell(self, step: str, reference: str, address: str) -> "asyncio.Future[bool]":
        delivery = Delivery("", address, step, reference.encode("utf-8"), timezone.now())
        return asyncio.get_running_loop().run_in_executor(self.thread, _keep, self.adapter, delivery)


def _unless_it_asserts(loop: asyncio.AbstractEventLoop, trouble: dict[str, Any]) -> None:
    if not isinstance(trouble.get("exception"), AssertionError):
        loop.default_exception_handler(trouble)


def _keep(adapter: sip.Sip, delivery: Delivery) -> bool:
    """Keep what was told, and return whether the line is open; what makes no sense is no call."""
    close_old_connections()
    try:
        actions.take_events(told=adapter.events(delivery), at=delivery.received_at)
    except Unreadable:
        return False
    return _is_open(delivery.received_at)


def _is_open(at: datetime) -> bool:
    return queries.hours(queue=policies.DEFAULT_QUEUE).is_open(at)


def _answered(references: tuple[str, ...]) -> frozenset[str]:
    close_old_connections()
    return queries.answered(adapter=sip.Sip.code, references=references)


def _without_sound(address: str) -> SdpMessage:
    """Return the answer that takes no sound: a port of 0 declines the stream (RFC 3264, 6)."""
    return parse_sdp(
        f"v=0\r\no=- 0 0 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\na=inactive\r\n"
    )
