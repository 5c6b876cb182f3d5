"""The bank of questions as the public reads it: which packages hold, in which versions, who has them in use, and every file."""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from samsyn.people.access import open_to_everyone
from samsyn.questions import queries as questions
from samsyn.questions.exchange import form
from samsyn.questions.exchange.changes import changes
from samsyn.questions.exchange.files import FILES
from samsyn.questions.exchange.package import Package, Text, Universe
from samsyn.questions.exchange.words import STATUS
from samsyn.statistics import queries
from samsyn.statistics.views.pages import KEPT, page, url


def _said(text: Text) -> str:
    return text.en if get_language() == "en" else text.sv


@open_to_everyone
@require_safe
def question_bank(request: HttpRequest) -> HttpResponse:
    """Show every decided package with its questions, its versions and their files."""
    received_at: datetime = request.received_at  # type: ignore[attr-defined]
    today = timezone.localdate(received_at)
    by_code: dict[str, list[questions.Decided]] = {}
    for one in questions.decided_packages(using=queries.PUBLIC):
        by_code.setdefault(one.package.code, []).append(one)
    packages, marks = [], []
    for code, versions in by_code.items():
        used = [one for one in questions.packages_in_use(code, using=queries.PUBLIC) if one.holds_on(today)]
        latest = versions[-1].package
        packages.append(
            {
                "code": code,
                "title": _said(latest.title),
                "purpose": _said(latest.purpose),
                "is_survey": all(one.universe == Universe.ORGANISATION for one in latest.variables),
                "municipalities": len({one.municipality for one in used}),
                "systems": len({one.system for one in used}),
                "versions": [
                    _version(
                        versions[at].package,
                        versions[at - 1].package if at else None,
                        len({one.municipality for one in used if one.version == versions[at].package.version}),
                    )
                    for at in reversed(range(len(versions)))
                ],
                "questions": _questions(latest),
            }
        )
        marks.append((code, [(one.content_hash, one.package.status) for one in versions], used))
    mark = hashlib.sha256(repr(marks).encode()).hexdigest()[:24]
    return page(request, "figures/question_bank.html", "question_bank", {"packages": packages}, mark=f"bank-{mark}")


def _version(package: Package, before: Package | None, municipalities: int) -> dict[str, Any]:
    return {
        "number": package.version,
        "status": _said(STATUS[package.status]),
        "from": package.valid_from,
        "to": package.valid_to,
        "reason": _said(package.reason),
        "municipalities": municipalities,
        "changes": [_said(one.text) for one in changes(before, package)] if before else [],
        "files": [
            (_said(file.label), url("question_file", package.code, package.version, file.code))
            for file in FILES.values()
        ],
    }


def _questions(package: Package) -> list[dict[str, Any]]:
    return [
        {"text": _said(item.text), "options": [_said(option.label) for option in item.options if not option.is_reason]}
        for item in form.of_package(package).items
    ]


@open_to_everyone
@require_safe
def question_file(request: HttpRequest, code: str, name: str, slug: str) -> HttpResponse:
    """Hand out a decided version in one of its formats."""
    versions = [one.package for one in questions.decided_packages(code, using=queries.PUBLIC)]
    at = next((at for at, one in enumerate(versions) if one.version == name), None)
    if at is None or slug not in FILES:
        raise Http404(_("Filen finns inte."))
    content = _content(versions[at], tuple(versions[:at]), slug, "en" if get_language() == "en" else "sv")
    file = FILES[slug]
    answer = HttpResponse(content, content_type=file.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{code}-{name}{file.ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = KEPT
    answer["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    return answer


# A decided version gives the same bytes for ever, so a PDF is not made anew for each reader.
@lru_cache(maxsize=64)
def _content(package: Package, earlier: tuple[Package, ...], slug: str, language: str) -> bytes:
    return FILES[slug].content(package, earlier, language)
