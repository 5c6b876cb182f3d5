"""The streams' own application, and beside it a look at what is open: served to ``bench.chat`` alone."""

import asyncio
import json
from typing import Any

from samsyn.config import asgi  # first: it makes the applications ready

from samsyn.ui import bells  # isort: skip


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer ``/bench/state``, and leave the rest to the product."""
    if scope["path"] != "/bench/state":
        await asgi.application(scope, receive, send)
        return
    said = {"streams": bells.house().hanging, "tasks": len(asyncio.all_tasks())}
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})
