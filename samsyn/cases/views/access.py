"""The browser's half of the keys, and what every page of the room does with a locked one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from samsyn.cases import forms
from samsyn.people.keeping import COOKIE, KeysLocked, token
from samsyn.people.requests import StaffRequest

View = TypeVar("View", bound=Callable[..., HttpResponse])


def with_token(response: HttpResponse, value: bytes | None) -> HttpResponse:
    """Give the browser its token, or take it away; it ends with the browser."""
    if value is None:
        response.delete_cookie(COOKIE, path="/", samesite="Strict")
        response.cookies[COOKIE]["secure"] = True
        response.cookies[COOKIE]["httponly"] = True
    else:
        response.set_cookie(COOKIE, forms.encoded(value), secure=True, httponly=True, samesite="Strict", path="/")
    return response


def who(request: StaffRequest) -> dict[str, Any]:
    """Return who acts, when, and with which open keys."""
    return {"token": token(request), "by": request.actor, "at": request.received_at}


def with_keys(view: View) -> View:
    """Lead a person with locked keys to where they are unlocked, and answer 404 for what isn't theirs."""

    @wraps(view)
    def wrapped(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except KeysLocked:
            there = request.path if request.method == "GET" else reverse("cases:list")
            return redirect(f"{reverse('cases:keys')}?{urlencode({'next': there})}")
        except LookupError as error:
            raise Http404 from error

    return wrapped  # type: ignore[return-value]
