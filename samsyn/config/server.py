"""How gunicorn serves us: ``python -m gunicorn samsyn.config.wsgi --config python:samsyn.config.server``.

Its own log lines and error pages repeat what a client sent; ours do not.
"""

import logging
from collections.abc import Iterator
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from samsyn.config.logs import JsonLines

_STATUS = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
}
_OF_THE_APPLICATION = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)
_HEADERS = (
    ("Connection", "close"),
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Language", "sv"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex, nofollow, noarchive"),
    ("Referrer-Policy", "same-origin"),
)


class Lines(Logger):  # type: ignore[misc]
    """The server's log, in the same form as ours."""

    def setup(self, cfg: Any) -> None:
        """Set gunicorn's handlers up and let ours write the lines."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


class Worker(ThreadWorker):  # type: ignore[misc]
    """Threads, and a page in the house's look for what is not even a request."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what could not be parsed, and log what kind of trouble it was."""
        is_clients = isinstance(exc, errors.ParseException) and not isinstance(exc, _OF_THE_APPLICATION)
        status, reason = (400, "Bad Request") if is_clients else (500, "Internal Server Error")
        for kind, answer in _STATUS.items():
            if is_clients and isinstance(exc, kind):
                status, reason = answer
        level = logging.WARNING if is_clients else logging.ERROR
        trace = (type(exc), exc, exc.__traceback__)
        self.log.error_log.log(level, "request refused", exc_info=trace, extra={"status_code": status})
        try:
            write_nonblock(client, b"".join(_answer(status, reason)))
        except OSError:
            self.log.debug("The client is gone.")


def _answer(status: int, reason: str) -> Iterator[bytes]:
    """Yield the parts of an answer without Django's request and middleware."""
    from django.template.loader import render_to_string

    from samsyn.config.middleware import CONTENT_SECURITY_POLICY

    page = render_to_string("ui/500.html" if status == 500 else "ui/400.html").encode()
    yield f"HTTP/1.1 {status} {reason}\r\n".encode("ascii")
    for name, value in (*_HEADERS, ("Content-Security-Policy", CONTENT_SECURITY_POLICY)):
        yield f"{name}: {value}\r\n".encode("ascii")
    yield f"Content-Length: {len(page)}\r\n\r\n".encode("ascii")
    yield page


worker_class = Worker
logger_class = Lines
threads = 8
loglevel = "warning"
# Nobody in front of us speaks for the client by name; a proxy sets X-Forwarded-Proto, which the settings read.
forwarder_headers = ""
