"""The REST door: what systems send and ask. ``openapi.json`` describes it; every refusal is problem+json (RFC 9457)."""

import base64
import binascii
import functools
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from samsyn.deliveries import actions, doors, packages, queries, signed_packages, tokens
from samsyn.deliveries.checking import offline
from samsyn.deliveries.policies import Sender
from samsyn.people.access import open_to_everyone
from samsyn.people.refusals import Refused

DESCRIPTION = Path(__file__).parent.parent / "openapi.json"
PACKAGE = "application/octet-stream"
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST_FORM = 4096
_KEY = re.compile(r"[\x21-\x7e]{1,200}\Z")
View = Callable[..., HttpResponse]


class Problem(Exception):
    """A request that can't be answered: a status and words."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers


def _problem(status: int, message: str, headers: dict[str, str] | None = None) -> HttpResponse:
    body = {"type": "about:blank", "title": _("Begäran avvisades"), "status": status, "detail": message}
    made = JsonResponse(body, status=status, content_type="application/problem+json")
    for name, value in (headers or {}).items():
        made[name.replace("_", "-")] = value
    return made


def endpoint(*methods: str, is_open: bool = False) -> Callable[[View], View]:
    """Declare a view of the API: its methods, whether it needs a token, its language and its refusals."""

    def declare(view: View) -> View:
        @open_to_everyone
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: HttpRequest, **named: Any) -> HttpResponse:
            wanted = request.headers.get("Accept-Language", "")
            with translation.override("en" if wanted.lower().startswith("en") else "sv"):
                made = _answered(view, request, named, methods=methods, is_open=is_open)
                made["Content-Language"] = translation.get_language()
            return made

        return answer

    return declare


def _answered(
    view: View, request: HttpRequest, named: dict[str, Any], *, methods: tuple[str, ...], is_open: bool
) -> HttpResponse:
    if request.method not in methods:
        return _problem(405, _("Den metoden finns inte här."), {"Allow": ", ".join(methods)})
    try:
        if not is_open:
            named["sender"] = _sender(request)
        return view(request, **named)
    except Problem as problem:
        return _problem(problem.status, str(problem), problem.headers)
    except LookupError:
        return _problem(404, _("Det som söktes finns inte."))
    except Refused as refused:
        later = {"Retry-After": str(doors.COME_BACK_SECONDS)} if refused.status == 503 else None
        return _problem(refused.status, str(refused.message), later)


def _sender(request: HttpRequest) -> Sender:
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    found = tokens.sender_of(token.strip()) if kind.lower() == "bearer" else None
    if found is None:
        raise Problem(401, _("Det krävs en giltig åtkomsttoken."), WWW_Authenticate='Bearer realm="samsyn"')
    return found


def body_of(request: HttpRequest, *, most: int) -> bytes:
    """Return the body, read by its declared length; raise Problem for none, or more than may be sent here."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        raise Problem(411, _("Storleken måste anges (Content-Length)."))
    if len(length) > 12 or int(length) > most:
        raise Problem(413, _("Filen är för stor för den här vägen."))
    return request.read(int(length))


@endpoint("GET", is_open=True)
def description(request: HttpRequest) -> HttpResponse:
    """Hand out the OpenAPI document."""
    return HttpResponse(DESCRIPTION.read_bytes(), content_type="application/json")


@endpoint("POST", is_open=True)
def token(request: HttpRequest) -> HttpResponse:
    """Give a short token for an organisation's credentials (RFC 6749, section 4.4)."""
    if request.content_type != "application/x-www-form-urlencoded":
        return _token_error("invalid_request")
    try:
        text = body_of(request, most=LARGEST_FORM).decode("ascii")
        asked = {name: values[0] for name, values in parse_qs(text, max_num_fields=10).items()}
    except ValueError:
        return _token_error("invalid_request")
    client_id, secret = asked.get("client_id", ""), asked.get("client_secret", "")
    kind, _blank, basic = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            client_id, _colon, secret = base64.b64decode(basic, validate=True).decode("ascii").partition(":")
        except (binascii.Error, ValueError):
            return _token_error("invalid_client", 401)
        client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    found = actions.client_sender(client_id=client_id, secret=secret)
    if found is None:
        return _token_error("invalid_client", 401)
    if asked.get("grant_type") != "client_credentials":
        return _token_error("unsupported_grant_type")
    made = {"access_token": tokens.new_token(found[0]), "token_type": "Bearer", "expires_in": tokens.SECONDS}
    return JsonResponse({**made, "scope": "deliver"}, headers={"Pragma": "no-cache"})


def _token_error(error: str, status: int = 400) -> HttpResponse:
    made = JsonResponse({"error": error}, status=status)
    if status == 401:
        made["WWW-Authenticate"] = 'Basic realm="samsyn"'
    return made


@endpoint("GET", "POST")
def deliveries(request: HttpRequest, *, sender: Sender) -> HttpResponse:
    """List the organisation's receipts, or take a file in."""
    if request.method == "GET":
        return JsonResponse({"deliveries": [one.as_data() for one in queries.receipts(sender)]})
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.match(key):
        raise Problem(400, _("Idempotency-Key saknas eller har fel form: 1–200 tecken utan mellanslag."))
    accepts = request.headers.get("Samsyn-Accept-Warnings", "false")
    if accepts not in {"true", "false"}:
        raise Problem(400, _("%(name)s är true eller false.") % {"name": "Samsyn-Accept-Warnings"})
    if request.content_type not in {CSV, XLSX}:
        raise Problem(415, _("Skicka text/csv eller en Excelfil (XLSX)."))
    at = request.received_at  # type: ignore[attr-defined]

    def receive(content: bytes) -> queries.Receipt:
        received = actions.Received(io.BytesIO(content), "rest", idempotency=key, accepts_warnings=accepts == "true")
        return actions.receive(received=received, sender=sender, at=at)

    return _taken(request, receive)


@endpoint("POST", is_open=True)
def signed_package(request: HttpRequest) -> HttpResponse:
    """Take a signed package in; its signature is the proof of who sends it."""
    if request.content_type != PACKAGE:
        raise Problem(415, _("Skicka ett undertecknat paket."))
    at = request.received_at  # type: ignore[attr-defined]
    return _taken(request, lambda content: signed_packages.receive(content=content, at=at))


def _taken(request: HttpRequest, receive: Callable[[bytes], queries.Receipt]) -> HttpResponse:
    """Read a file and check it when there is room, and answer with its receipt."""
    with doors.room():
        content = body_of(request, most=doors.LARGEST_BODY)
        with doors.turn():
            receipt = receive(content)
    made = JsonResponse(receipt.as_data(), status=202)
    made["Location"] = reverse("deliveries:api_delivery", args=[receipt.id])
    return made


@endpoint("GET")
def delivery(request: HttpRequest, *, sender: Sender, delivery_id: str) -> HttpResponse:
    """Return one receipt."""
    return JsonResponse(queries.receipt(_id(delivery_id), sender=sender).as_data())


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise LookupError(text) from None


@endpoint("POST")
def accept(request: HttpRequest, *, sender: Sender, delivery_id: str) -> HttpResponse:
    """Let a checked delivery count."""
    at = request.received_at  # type: ignore[attr-defined]
    return JsonResponse(actions.accept(delivery_id=_id(delivery_id), sender=sender, at=at).as_data())


@endpoint("POST")
def withdraw(request: HttpRequest, *, sender: Sender, delivery_id: str) -> HttpResponse:
    """Take a delivery back."""
    at = request.received_at  # type: ignore[attr-defined]
    return JsonResponse(actions.withdraw(delivery_id=_id(delivery_id), sender=sender, at=at).as_data())


@endpoint("GET", is_open=True)
def formats(request: HttpRequest) -> HttpResponse:
    """List the tables that can be delivered."""
    rows = [
        {
            "package": one.package,
            "version": one.version,
            "table": one.table,
            "title_sv": one.title_sv,
            "title_en": one.title_en,
            "sha256": one.content_hash,
            "cells": one.size,
        }
        for one in packages.formats().values()
    ]
    return JsonResponse({"formats": rows})


@endpoint("GET", is_open=True)
def format_description(request: HttpRequest, *, package: str, version: str, table: str) -> HttpResponse:
    """Return one table's format as data."""
    form = packages.format_of(package, version, table)
    return HttpResponse(json.dumps(form.as_data(), ensure_ascii=False), content_type="application/json")


@endpoint("GET", is_open=True)
def format_archive(request: HttpRequest, *, package: str, version: str, table: str) -> HttpResponse:
    """Hand out the format as a Frictionless data package."""
    form = packages.format_of(package, version, table)
    name = f"{form.package}-{form.version}-{form.table}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(offline.archive(form), content_type="application/zip", headers=headers)
