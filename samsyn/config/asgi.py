"""The entry for the process that keeps streams open: ``python -m uvicorn samsyn.config.asgi:application``.

The pages are served elsewhere, by threads; a proxy leads addresses that end with ``/stream`` here.
"""

import os
from typing import Any

import django
from django.core.handlers.asgi import ASGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samsyn.config.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 - needs the settings module's name
from django.db import connections  # noqa: E402 - as above

from samsyn.config.installation import refuse_the_wrong_one  # noqa: E402 - needs the applications to be ready


class Streams(ASGIHandler):
    """Django's handler with one thread and one connection for all requests of the process.

    Django gives each request a thread of its own for as long as the answer takes, and the thread keeps its connection: with
    streams that is one of each for every open page, and the database has no more after a hundred.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request: without a context of its own, what is not asynchronous takes turns in one thread."""
        if scope["type"] != "http":
            raise ValueError(scope["type"])
        await self.handle(scope, receive, send)


refuse_the_wrong_one()
connections.close_all()  # this thread needs none again
settings.SAMSYN_SERVES_STREAMS = True
application = Streams()
