"""The SFTP door: a process of its own, with files that exist in memory only while they come.

A sender signs in with its code and its key and sees a folder of receipts. What it puts there is taken in when the file is
closed, or when ``x.csv.part`` is renamed to ``x.csv``; the answer is ``receipts/x.csv.txt``. There is no folder on any disk,
so no path leads out of it, and a process that is killed leaves nothing half.
"""

import asyncio
import io
import stat
from collections.abc import Callable, Sequence
from typing import Any

import asyncssh
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import close_old_connections
from django.utils import timezone

from samsyn.deliveries import actions, doors, queries
from samsyn.deliveries.models import Key
from samsyn.deliveries.policies import Sender

RECEIPTS = b"receipts"
PART = b".part"
MOST_OPEN = 4
MOST_SHOWN = 200
_LONGEST_NAME = 120


def sender_with(code: str, key: asyncssh.SSHKey) -> Sender | None:
    """Return the organisation that this user name and key belong to."""
    material = " ".join(key.export_public_key("openssh").decode().split()[:2])
    found = (
        Key.objects.select_related("deliverer")
        .filter(kind=Key.Kind.SSH, ended_at=None, deliverer__code=code, material=material)
        .first()
    )
    return actions.sender_by_key(found) if found is not None else None


def _in_database(act: Callable[[], Any]) -> Any:
    close_old_connections()
    try:
        return act()
    finally:
        close_old_connections()


class Door(asyncssh.SSHServer):
    """One connection: who it is is known by its key, or nothing happens."""

    def __init__(self) -> None:
        self.sender: Sender | None = None
        self.user = ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Keep ourselves where the file server finds us."""
        conn.set_extra_info(door=self)

    def begin_auth(self, username: str) -> bool:
        """Demand a proof from everybody."""
        self.user = username
        return True

    def public_key_auth_supported(self) -> bool:
        """Offer keys and nothing else."""
        return True

    def password_auth_supported(self) -> bool:
        """Offer no passwords."""
        return False

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Let in whose key it is."""
        self.sender = await asyncio.to_thread(_in_database, lambda: sender_with(username, key))
        return self.sender is not None


class _File:
    """A file that is coming in, or a receipt that is read."""

    def __init__(self, name: bytes, content: bytes = b"", *, comes: bool) -> None:
        self.name, self.comes, self.data = name, comes, io.BytesIO(content)


class Files(asyncssh.SFTPServer):
    """What a sender sees."""

    def __init__(self, chan: "asyncssh.SSHServerChannel[bytes]") -> None:
        super().__init__(chan)
        door: Door = chan.get_connection().get_extra_info("door")
        assert door.sender is not None  # noqa: S101 (nobody gets here without a key)
        self.sender = door.sender
        self.open_files = 0
        self.parts: dict[bytes, bytes] = {}
        self.receipts: dict[bytes, bytes] = {}

    # Names

    def _name(self, path: bytes) -> bytes:
        """Return a path as its parts below the only folder that there is."""
        parts: list[bytes] = []
        for part in path.split(b"/"):
            if part == b"..":
                parts = parts[:-1]
            elif part not in {b"", b"."}:
                parts.append(part)
        return b"/".join(parts)

    def realpath(self, path: bytes, *compose: bytes) -> bytes:
        """Return a path from the root."""
        return b"/" + self._name(b"/".join((path, *compose)))

    def _stored(self, name: bytes) -> bytes:
        folder, _slash, last = name.rpartition(b"/")
        if folder == RECEIPTS and last in self.receipts:
            return self.receipts[last]
        if name in self.parts:
            return self.parts[name]
        raise asyncssh.SFTPNoSuchFile("no such file")

    # Looking

    async def listdir(self, path: bytes) -> Sequence[bytes]:
        """List what is there: a folder of receipts, and what has come in part."""
        name = self._name(path)
        if name == RECEIPTS:
            await self._read_receipts()
            return [b".", b"..", *self.receipts]
        if name:
            raise asyncssh.SFTPNoSuchFile("no such folder")
        return [b".", b"..", RECEIPTS, *self.parts]

    async def _read_receipts(self) -> None:
        sender = self.sender

        def read() -> list[queries.Receipt]:
            return queries.receipts(sender, most=MOST_SHOWN)

        for one in await asyncio.to_thread(_in_database, read):
            self.receipts.setdefault(f"{one.id}.txt".encode(), one.as_text())

    async def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """Say what is there."""
        name = self._name(path)
        if name in {b"", RECEIPTS}:
            return asyncssh.SFTPAttrs(permissions=stat.S_IFDIR | 0o755, size=0)
        if name.startswith(RECEIPTS + b"/") and name.rpartition(b"/")[2] not in self.receipts:
            await self._read_receipts()
        return asyncssh.SFTPAttrs(permissions=stat.S_IFREG | 0o444, size=len(self._stored(name)))

    lstat = stat

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Keep no times and no rights: clients set them after a transfer."""

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        """Keep no times and no rights."""

    def fstat(self, file_obj: Any) -> asyncssh.SFTPAttrs:
        """Say how large an open file is."""
        return asyncssh.SFTPAttrs(permissions=stat.S_IFREG | 0o644, size=len(file_obj.data.getbuffer()))

    # Reading and writing

    async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        """Open a receipt to read, or a new file to come."""
        name = self._name(path)
        if not pflags & asyncssh.FXF_WRITE:
            await self.stat(path)
            return _File(name, self._stored(name), comes=False)
        if b"/" in name or not name or len(name) > _LONGEST_NAME or name == RECEIPTS:
            raise asyncssh.SFTPPermissionDenied("files are put in the root folder")
        if self.open_files >= MOST_OPEN:
            raise asyncssh.SFTPFailure("too many files at once")
        self.open_files += 1
        kept = b"" if pflags & asyncssh.FXF_TRUNC else self.parts.get(name, b"")
        return _File(name, kept, comes=True)

    def read(self, file_obj: Any, offset: int, size: int) -> bytes:
        """Return a stretch of a receipt."""
        file_obj.data.seek(offset)
        return bytes(file_obj.data.read(size))

    def write(self, file_obj: Any, offset: int, data: bytes) -> int:
        """Take a stretch of a file."""
        if not file_obj.comes or offset + len(data) > doors.LARGEST_SFTP:
            raise asyncssh.SFTPFailure("the file is too large")
        file_obj.data.seek(offset)
        return int(file_obj.data.write(data))

    async def close(self, file_obj: Any) -> None:
        """Take the file in, unless its name says that more is to come."""
        if not file_obj.comes:
            return
        self.open_files -= 1
        content = file_obj.data.getvalue()
        if file_obj.name.endswith(PART):
            if len(self.parts) >= MOST_OPEN and file_obj.name not in self.parts:
                raise asyncssh.SFTPFailure("too many unfinished files")
            self.parts[file_obj.name] = content
        else:
            await self._take(file_obj.name, content)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Take a file in that is now whole."""
        old, new = self._name(oldpath), self._name(newpath)
        if old not in self.parts or b"/" in new or not new:
            raise asyncssh.SFTPNoSuchFile("no such file")
        content = self.parts.pop(old)
        if new.endswith(PART):
            self.parts[new] = content
        else:
            await self._take(new, content)

    posix_rename = rename

    def remove(self, path: bytes) -> None:
        """Throw an unfinished file away."""
        if self.parts.pop(self._name(path), None) is None:
            raise asyncssh.SFTPPermissionDenied("receipts stay")

    # The library would do the rest on the machine's own disk: whatever isn't above is refused.

    def _refuse(self, *args: object, **named: object) -> Any:
        raise asyncssh.SFTPOpUnsupported("not here")

    mkdir = rmdir = symlink = link = readlink = statvfs = fstatvfs = lock = unlock = open56 = map_path = _refuse
    lsetstat = setstat

    def fsync(self, file_obj: object) -> None:
        """Have nothing on a disk."""

    async def _take(self, name: bytes, content: bytes) -> None:
        sender = self.sender

        def take() -> queries.Receipt:
            received = actions.Received(file=io.BytesIO(content), door="sftp")
            return actions.receive(received=received, sender=sender, at=timezone.now())

        receipt = await asyncio.to_thread(_in_database, take)
        self.receipts[name + b".txt"] = receipt.as_text()


async def serve(*, host: str, port: int, host_key: asyncssh.SSHKey) -> asyncssh.SSHAcceptor:
    """Listen until closed."""
    return await asyncssh.listen(
        host,
        port,
        server_factory=Door,
        sftp_factory=Files,
        server_host_keys=[host_key],
        allow_scp=False,
        allow_pty=False,
        agent_forwarding=False,
        login_timeout=30,
        keepalive_interval=60,
    )


def host_key(seed: bytes) -> asyncssh.SSHKey:
    """Return the server's key, made from the installation's own, so that senders always meet the same one."""
    form = serialization.PrivateFormat.OpenSSH
    text = Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        serialization.Encoding.PEM, form, serialization.NoEncryption()
    )
    return asyncssh.import_private_key(text)
