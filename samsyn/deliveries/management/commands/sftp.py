"""``samsyn sftp``: the SFTP door, a process of its own. Optional: nothing else needs it."""

import asyncio
import hashlib
import signal
from typing import Any

import asyncssh
from django.core.management.base import BaseCommand, CommandParser

from samsyn.deliveries import sftp
from samsyn.privacy import keys


class Command(BaseCommand):
    """Take deliveries in by SFTP until told to stop."""

    help = "Take deliveries in by SFTP (senders sign in with their code and the key on their page of keys)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8022)

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen; a signal ends it at once, and what was half sent never was."""
        asyncio.run(self._serve(options["host"], options["port"]))

    async def _serve(self, host: str, port: int) -> None:
        asyncssh.set_log_level("WARNING")  # its lines are one for each step of each sign-in
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        # A purpose of its own is derived, so that no new file of keys is needed.
        seed = hashlib.sha256(b"samsyn sftp host key\x00" + keys.key("django")).digest()
        acceptor = await sftp.serve(host=host, port=port, host_key=sftp.host_key(seed))
        self.stdout.write(f"listening on {host}:{acceptor.get_port()}")
        self.stdout.flush()
        await stopping.wait()
        acceptor.close()
        await acceptor.wait_closed()
