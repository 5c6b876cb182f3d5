"""How the keeper is spoken to over its socket: one question and one answer a connection, JSON with its length before it."""

import base64
import json
import socket
import struct
from datetime import datetime
from typing import Any

from samsyn.privacy.custody.refusals import UNAVAILABLE, KeyRefused

_LENGTH = struct.Struct(">I")
# The largest question is a whole case, encrypted anew when its key is replaced.
MOST = 64 * 1024 * 1024
# What may be asked for; everything else of the keeper stays inside.
OPERATIONS = frozenset(
    {
        "enrol",
        "add_way",
        "unlock",
        "lock",
        "lock_person",
        "is_unlocked",
        "create_case",
        "open_texts",
        "close_texts",
        "share",
        "rotate",
        "settle",
        "erase",
        "erase_forced",
        "tokens",
        "held",
        "let_go",
        "locator",
        "create_by_code",
        "open_by_code",
        "change_code",
        "found_officers",
        "trusted_officers",
        "certify",
        "begin_succession",
        "finish_succession",
        "take_outer",
        "begin_recovery",
        "recover",
        "finish_recovery",
        "break_glass",
        "approve_export",
        "export",
        "open_service",
        "replay",
        "window",
        "open_messages",
        "forget_windows",
        "take_chat",
        "open_lines",
        "close_line",
    }
)


def _told(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, dict):
        return {key: _told(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_told(one) for one in value]
    return value


def _heard(value: Any) -> Any:
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        if "$time" in value:
            return datetime.fromisoformat(value["$time"])
        return {key: _heard(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_heard(one) for one in value]
    return value


def send(connection: socket.socket, message: Any) -> None:
    """Send one message."""
    body = json.dumps(_told(message), separators=(",", ":")).encode()
    connection.sendall(_LENGTH.pack(len(body)) + body)


def _exactly(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise KeyRefused(UNAVAILABLE)
        parts += part
    return bytes(parts)


def receive(connection: socket.socket) -> Any:
    """Receive one message; raise KeyRefused if the other side is gone or says too much."""
    (size,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    if size > MOST:
        raise KeyRefused(UNAVAILABLE)
    return _heard(json.loads(_exactly(connection, size)))
