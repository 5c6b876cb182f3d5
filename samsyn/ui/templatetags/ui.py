"""Tags and filters that every template may use: frame parts that vanish when empty, components, number formats."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, gettext

from samsyn.ui import numbers
from samsyn.ui.forms import problems

register = template.Library()
FIGURES_ONLY = re.compile(r"[\d\s.,:%+/\u00a0\u2212\u2013-]*\d[\d\s.,:%+/\u00a0\u2212\u2013-]*")


class FilledNode(template.Node):
    """Wraps its content in an element, unless there is none."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, tag: FilterExpression, options: dict[str, FilterExpression]) -> None:
        self.nodelist = nodelist
        self.tag = tag
        self.options = options

    def render(self, context: Context) -> SafeString:
        content = self.nodelist.render(context).strip()
        if not content:
            return SafeString("")
        options = {name: value.resolve(context) for name, value in self.options.items()}
        inner = options.pop("inner", "")
        inner_tag = options.pop("inner_tag", "div" if inner else "")
        if options.pop("headline", "") and "<h1" not in content:
            content = f"<h1>{content}</h1>"
        if inner_tag:
            content = f"<{inner_tag}{flatatt({'class': inner} if inner else {})}>{content}</{inner_tag}>"
        tag = self.tag.resolve(context)
        attributes = flatatt({name.replace("_", "-"): value for name, value in options.items()})
        return mark_safe(f"<{tag}{attributes}>{content}</{tag}>")  # noqa: S308 (rendered by the template engine)


@register.tag
def filled(parser: Parser, token: Token) -> FilledNode:
    """Wrap what stands between in an element: ``{% filled "aside" class="side" %}…{% endfilled %}``; empty, nothing."""
    bits = token.split_contents()[1:]
    tag = parser.compile_filter(bits.pop(0))
    options = token_kwargs(bits, parser)
    nodelist = parser.parse(("endfilled",))
    parser.delete_first_token()
    return FilledNode(nodelist, tag, options)


def _address(*names: str) -> str:
    """Return the first of the named addresses that this installation has."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


@register.filter
def entries(navigation: Iterable[Any]) -> list[tuple[str, str, bool]]:
    """Return links as (label, url, current), whether they come as tuples or as objects with these names."""
    return [
        tuple(entry) if isinstance(entry, tuple | list) else (entry.label, entry.url, entry.current)
        for entry in navigation
    ]


def _same_page(request: HttpRequest, language: str) -> str:
    """Return this page's address in another language; where addresses carry no language, the same address."""
    here = request.get_full_path()
    if getattr(request, "site_name", "") != "public":
        return here
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    bare = re.sub(rf"^/(?:{'|'.join(code for code, _name in settings.LANGUAGES)})(?=/|$)", "", here)
    there = prefix + (bare if bare.startswith("/") else f"/{bare}")
    try:
        resolve(there.partition("?")[0])
    except Resolver404:
        return here
    return there


@register.inclusion_tag("ui/components/language_switch.html", takes_context=True)
def language_switch(context: Context) -> dict[str, Any]:
    """Offer the other languages: by address where the site has them in its paths, otherwise by a small form."""
    request = context.get("request")
    if request is None:
        return {"choices": []}
    here = request.get_full_path()
    is_public = getattr(request, "site_name", "") == "public"
    action = "" if is_public else _address("people:language")
    choices = []
    for code, _name in settings.LANGUAGES:
        if code == get_language():
            continue
        given = context.get("other_language_url")
        url = str(given) if given else _same_page(request, code)
        as_link = bool(given) or url != here
        if as_link or action:
            info = get_language_info(code)
            choices.append({"code": code, "name": info["name_local"].capitalize(), "url": url if as_link else ""})
    token = get_token(request) if action and any(not choice["url"] for choice in choices) else ""
    return {"choices": choices, "action": action, "here": here, "csrf_token": token}


@register.inclusion_tag("ui/components/lock_button.html", takes_context=True)
def lock_button(context: Context) -> dict[str, Any]:
    """Show the button that locks the screen at once, where the site can lock."""
    action = _address("people:lock")
    request = context.get("request")
    return {"action": action, "csrf_token": get_token(request) if action and request else ""}


@register.inclusion_tag("ui/components/idle_dialog.html", takes_context=True)
def idle_dialog(context: Context) -> dict[str, Any]:
    """Warn before the lock, where the site has one: any key or movement extends by a post."""
    action = _address("people:extend")
    after = int(getattr(settings, "SAMSYN_IDLE_LOCK_SECONDS", 900))
    request = context.get("request")
    return {
        "action": action,
        "lock": _address("people:lock"),
        "after": after,
        "warn": min(60, after // 3),
        "csrf_token": get_token(request) if action and request else "",
    }


@register.inclusion_tag("ui/components/foot_links.html", takes_context=True)
def foot_links(context: Context) -> dict[str, Any]:
    """Link to what every public site tells about itself; a view may give ``foot_links`` as (label, url)."""
    links = list(context.get("foot_links") or [])
    if not links:
        candidates = (
            (gettext("Om webbplatsen"), _address("statistik:about", "public:about", "about")),
            (gettext("Tillgänglighet"), _address("statistik:accessibility", "public:accessibility", "accessibility")),
        )
        links = [(label, url) for label, url in candidates if url]
    return {"links": links}


@register.inclusion_tag("ui/components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """List what has to be put right in one or several forms, each line a link to its field; focused when shown."""
    return {"problems": [problem for form in forms for problem in problems(form)]}


@register.simple_tag
def hidden_mark(mark: str, reason: str) -> SafeString:
    """Show that a figure is hidden, with the reason for those who listen."""
    return format_html(
        '<span class="hidden-mark"><span aria-hidden="true">{}</span><span class="unseen">{}</span></span>',
        mark,
        reason,
    )


register.filter("number", numbers.number)
register.filter("decimal", numbers.decimal)
register.filter("percent", numbers.percent)
register.filter("signed", numbers.signed)


@register.simple_tag
def number_range(first: Any, last: Any = None) -> SafeString:
    """Show a range that keeps its order in right-to-left text."""
    return numbers.range_html(first, last)


@register.filter
def isolated(value: Any) -> SafeString:
    """Keep a code, a number or a range in its own order also in right-to-left text."""
    return numbers.isolated(value)


@register.filter
def figures(value: Any) -> str:
    """Isolate a label made of figures only, such as a range of ages; words are left as they are."""
    text = str(value)
    return numbers.isolated(text) if FIGURES_ONLY.fullmatch(text) else text


@register.filter
def long_date(value: date | datetime) -> str:
    """Write a date out: 2 oktober 2026."""
    return numbers.long_date(value)


@register.filter
def short_date(value: date | datetime) -> str:
    """Write a date by figures that is never broken over two lines: 2026-10-02."""
    return format_html('<span class="nobr">{}</span>', numbers.short_date(value))


@register.filter
def clock(value: datetime) -> str:
    """Write a time of day: 09.14."""
    return numbers.clock(value)


@register.filter
def moment(value: datetime) -> str:
    """Write date and time of day."""
    return numbers.moment(value)


@register.filter
def week(value: date) -> str:
    """Write the week: vecka 38, 2026."""
    return numbers.week(value)
