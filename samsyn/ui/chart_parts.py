"""What a chart is, and the pieces that all charts share: document, key, axis, names, breaks, gaps."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from samsyn.ui import numbers
from samsyn.ui.svg import (
    FILE_WIDTH,
    HIDDEN_MARK,
    INK,
    LINE,
    LINE_STRONG,
    MISSING_MARK,
    PAPER,
    SERIES,
    SUNK,
    Frame,
    Standing,
    Text,
    Value,
    clean,
    element,
    entry,
    label,
    ticks,
    wrapped,
)

FONT = "system-ui, 'Noto Sans', 'Noto Sans Arabic', sans-serif"
MARGIN = 46
LABELS_THAT_FIT = 280 / 6.2  # characters along the narrowest chart, 320 px less its margins


@dataclass(frozen=True, kw_only=True)
class Series:
    """One row of figures with its name."""

    name: Text
    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Break:
    """From this category on the figures mean something else."""

    before: int
    note: Text


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What a chart shows. ``name`` is its id on the page; title and subtitle stand above it, on the page in HTML."""

    name: str
    title: Text
    subtitle: Text
    categories: tuple[Text, ...]
    series: tuple[Series, ...]
    breaks: tuple[Break, ...] = ()
    notes: tuple[Text, ...] = ()
    description: Text = ""
    height: int = 220
    maximum: float | None = None
    hidden_note: Text = ""
    """What a hidden figure means, where it isn't what it usually means."""
    is_percent: bool = False
    show_key: bool = True
    rtl: bool = False

    def __post_init__(self) -> None:
        """Refuse series that don't fit the categories, and more of them than a reader can tell apart in grey."""
        if not self.name.replace("-", "").replace("_", "").isalnum():
            raise ValueError("The name is used as an id.")
        if any(len(series.values) != len(self.categories) for series in self.series):
            raise ValueError("Every series has one value a category.")
        if not 1 <= len(self.series) <= 3:
            raise ValueError("One to three series; for more, draw small multiples.")

    @property
    def values(self) -> tuple[Value, ...]:
        """Return all values."""
        return tuple(value for series in self.series for value in series.values)

    @property
    def top(self) -> float:
        """Return the largest figure, or what the caller set."""
        drawn = [float(value.amount) for value in self.values if value.amount is not None]
        return self.maximum if self.maximum is not None else max(drawn, default=0)


@dataclass(frozen=True, kw_only=True)
class Share:
    """One horizontal bar: a percentage of the whole; with unknowns in the denominator it is a least share."""

    label: Text
    value: Value
    is_least: bool = True


def notes(chart: Chart) -> tuple[str, ...]:
    """Return the lines that explain marks: breaks, preliminary figures, hidden and missing ones."""
    standings = {value.standing for value in chart.values}
    lines = [f"{numbers.superscript(at)} {item.note}" for at, item in enumerate(chart.breaks, start=1)]
    if Standing.PRELIMINARY in standings:
        lines.append(gettext("Streckat: preliminära uppgifter."))
    return tuple(lines + _gap_notes(standings, chart.hidden_note) + [str(note) for note in chart.notes])


def _gap_notes(standings: set[Standing], hidden_note: Text) -> list[str]:
    lines = []
    if Standing.HIDDEN in standings and hidden_note:
        lines.append(f"{HIDDEN_MARK} {hidden_note}")
    elif Standing.HIDDEN in standings:
        lines.append(gettext("%(mark)s Döljs för att skydda enskilda. Värdet är inte noll.") % {"mark": HIDDEN_MARK})
    if Standing.MISSING in standings:
        lines.append(gettext("%(mark)s Uppgift saknas.") % {"mark": MISSING_MARK})
    return lines


def amount(value: float, chart: Chart) -> str:
    """Write a figure of the axis."""
    return numbers.percent(value) if chart.is_percent else numbers.decimal(value, 0 if value == int(value) else 1)


def hatch(chart: Chart) -> str:
    """Return the patterns of preliminary figures, one a series."""
    return element(
        "defs",
        *(
            element(
                "pattern",
                element("rect", width=6, height=6, fill=PAPER, class_="ground"),
                element("rect", width=3, height=6, fill=SERIES[at], class_=f"s{at + 1}"),
                id=f"{chart.name}-hatch{at + 1}",
                width=6,
                height=6,
                patternUnits="userSpaceOnUse",
                patternTransform="rotate(45)",
            )
            for at in range(len(chart.series))
        ),
    )


def document(chart: Chart, frame: Frame, height: float, parts: Iterable[str], description: str) -> SafeString:
    """Wrap the parts; a file gets its heading and its notes too, since there is no page around it."""
    head = [
        element("title", clean(chart.title), id=f"{chart.name}-title"),
        element("desc", clean(description), id=f"{chart.name}-desc"),
    ]
    body = list(parts)
    above = 0.0
    if frame.alone:
        above, heading = _heading(chart, frame)
        below, footing = _footing(chart, frame, above + height)
        body = [*heading, element("g", *body, transform=f"translate(0 {above:g})"), *footing]
        height = above + height + below
    ground = [element("rect", width="100%", height="100%", fill=PAPER)] if frame.alone else []
    markup = element(
        "svg",
        *head,
        *ground,
        *body,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart" if frame.alone or not frame.margin else "chart axed",
        role="img",
        aria_labelledby=f"{chart.name}-title {chart.name}-desc",
        width=FILE_WIDTH if frame.alone else "100%",
        height=float(height),
        viewBox=f"0 0 {FILE_WIDTH} {height:g}" if frame.alone else None,
        direction="rtl" if frame.rtl else "ltr",
        font_family=FONT,
        fill=INK,
    )
    return mark_safe(markup)  # noqa: S308 (every text and attribute went through clean)


def _heading(chart: Chart, frame: Frame) -> tuple[float, list[str]]:
    plain = Frame(alone=True, rtl=frame.rtl)
    y, parts = 8.0, []
    for line in wrapped(chart.title, 70):
        y += 22
        parts.append(label(plain, line, share=0, y=y, font_size=18, font_weight=650, fill=INK))
    for line in wrapped(chart.subtitle, 100):
        y += 19
        parts.append(label(plain, line, share=0, y=y, font_size=13))
    return y + 16, parts


def _footing(chart: Chart, frame: Frame, y: float) -> tuple[float, list[str]]:
    plain = Frame(alone=True, rtl=frame.rtl)
    lines = [line for note in notes(chart) for line in wrapped(note, 105)]
    parts = [label(plain, line, share=0, y=y + 20 + at * 17) for at, line in enumerate(lines)]
    return 20.0 + 17 * len(lines), parts


def key(chart: Chart, frame: Frame) -> tuple[float, list[str]]:
    """Return the key's height and parts: one series a line, so that it fits any width."""
    if len(chart.series) < 2 or not chart.show_key:
        return 6, []
    side_by_side = sum(len(str(series.name)) + 5 for series in chart.series) < LABELS_THAT_FIT
    spans = [
        element("tspan", "■", fill=SERIES[at], class_=f"s{at + 1}", font_size=15) + " " + clean(series.name)
        for at, series in enumerate(chart.series)
    ]
    if frame.rtl:
        spans = [entry(span) for span in spans]
    lines = ["\u2003".join(spans)] if side_by_side else spans
    shift = -frame.margin
    parts = [
        element(
            "text", line, x=frame.x(0), dx=frame.dx(shift) or None, y=14.0 + 20 * at, font_size=13, text_anchor="start"
        )
        for at, line in enumerate(lines)
    ]
    return 20.0 * len(lines) + 12, parts


def axis(chart: Chart, frame: Frame, *, above: float, bottom: float) -> tuple[list[str], float]:
    """Return gridlines with their figures, and the figure at the top of the axis."""
    steps = ticks(chart.top, whole=not chart.is_percent)
    parts = []
    for step in steps:
        y = bottom - (bottom - above) * step / steps[-1]
        is_base = step == 0
        line = {"stroke": LINE_STRONG if is_base else LINE, "class_": "axis" if is_base else "grid"}
        parts.append(element("line", x1=frame.x(0), x2=frame.x(1), y1=y, y2=y, **line))
        text = frame.figures(amount(step, chart))
        parts.append(label(frame, text, share=0, y=y + 4, anchor="end", dx=-8, font_size=11))
    return parts, steps[-1]


def category_names(chart: Chart, frame: Frame, y: float) -> list[str]:
    """Return the names below the axis, as many as fit the narrowest screen, counted from the latest."""
    count = len(chart.categories)
    longest = max((len(str(name)) for name in chart.categories), default=1)
    every = 1
    while (count / every) * (longest + 1.2) > LABELS_THAT_FIT and every < count:
        every += 1
    return [
        label(
            frame, frame.figures(str(name)), share=(at + 0.5) / count, y=y, anchor="middle", fill=INK, class_="strong"
        )
        for at, name in enumerate(chart.categories)
        if (count - 1 - at) % every == 0
    ]


def break_marks(chart: Chart, frame: Frame, *, above: float, bottom: float) -> list[str]:
    """Return a broken line where the figures begin to mean something else, with the sign of its note."""
    parts = []
    for at, item in enumerate(chart.breaks, start=1):
        share = item.before / len(chart.categories)
        line = {"stroke": LINE_STRONG, "stroke_dasharray": "3 3", "class_": "axis"}
        parts.append(element("line", x1=frame.x(share), x2=frame.x(share), y1=above - 6, y2=bottom, **line))
        parts.append(
            label(
                frame, numbers.superscript(at), share=share, y=above + 4, dx=3, font_size=17, fill=INK, class_="strong"
            )
        )
    return parts


def gap(frame: Frame, value: Value, *, start: float, width: float, above: float, bottom: float) -> str:
    """Return a marked band where a figure would stand: a gap that nobody can read as a number."""
    mark = HIDDEN_MARK if value.standing is Standing.HIDDEN else MISSING_MARK
    band = ""
    if value.standing is Standing.HIDDEN:
        band = element(
            "rect",
            x=frame.from_edge(start, width),
            width=frame.width(width),
            y=above,
            height=bottom - above,
            fill=SUNK,
            class_="track gap",
        )
    middle = start + width / 2
    return band + label(
        frame, mark, share=middle, y=bottom - 6, anchor="middle", font_size=13, fill=INK, class_="strong gap-mark"
    )


def described(chart: Chart, kind: str) -> str:
    """Return what the drawing is to somebody who doesn't see it; the figures are in the table."""
    return str(chart.description) or gettext(
        "%(kind)s. %(subtitle)s. Från %(first)s till %(last)s. Alla värden står i tabellen."
    ) % {
        "kind": kind,
        "subtitle": chart.subtitle,
        "first": chart.categories[0],
        "last": chart.categories[-1],
    }
