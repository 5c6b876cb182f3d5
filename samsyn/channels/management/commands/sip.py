"""``samsyn sip``: take calls from a SIP trunk into the queue. One process a trunk."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Listen for SIP over UDP until told to stop."""

    help = "Take calls from a SIP trunk (SAMSYN_PHONE_ADDRESSES) into the queue; signalling only."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=5060)

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse to listen where no trunk is named: nobody would be believed."""
        if not settings.SAMSYN_PHONE_NETWORKS:
            raise CommandError("SAMSYN_PHONE_ADDRESSES names no trunk.")
        asyncio.run(self._serve(options["host"], options["port"]))

    async def _serve(self, host: str, port: int) -> None:
        from samsyn.channels.sip import Line

        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        self.stdout.write(f"Listening on {host}:{port}")
        self.stdout.flush()
        await Line(host, port).serve(stopping)
