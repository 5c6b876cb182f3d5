"""What the component page shows: a library's questions, so that no word of the field gets into this room."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samsyn.ui import charts, components, control_charts, maps
from samsyn.ui.components import Choice, ChoiceGroup, Select, numbered
from samsyn.ui.svg import HIDDEN, MISSING, Standing, Value

WHO = ("Elev", "Lärare", "Förälder", "Forskare", "Förening", "Annan")
SUBJECTS = ("Historia", "Språk", "Natur", "Resor", "Musik", "Hantverk")
AGES = ("0–6", "7–12", "13–15", "16–17", "18–21", "22–25", "26–")
WANTS = ("Bok", "Ljudbok, tal", "Tidskrift", "Film och bild", "Karta", "Musik", "Handskrift")
YEARS = ("2014*", "2015", "2016", "2017", "2018", "2019", "2020")


def pairs(*labels: str) -> list[tuple[str, str]]:
    """Return choices whose value is their place."""
    return [(f"v{at}", label) for at, label in enumerate(labels, start=1)]


class SampleForm(forms.Form):
    """A form with one field of each kind, filled in wrongly."""

    name = forms.CharField(label=_("Namn på listan"), help_text=_("Kort, så att andra hittar den."), max_length=60)
    weeks = forms.IntegerField(label=_("Antal veckor"), min_value=1, required=False)
    branch = forms.ChoiceField(label=_("Filial"), choices=[("", "Välj"), *pairs("Centrum", "Norr", "Söder")])
    medium = forms.ChoiceField(label=_("Form"), choices=pairs("Tryckt", "Digital"), widget=forms.RadioSelect)
    days = forms.MultipleChoiceField(
        label=_("Dagar"),
        choices=pairs("Måndag", "Onsdag", "Fredag"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agreed = forms.BooleanField(label=_("Jag har läst reglerna"))


def desk() -> dict[str, Any]:
    """Return the rows of a registration that is half done."""
    return {
        "who": ChoiceGroup(name="who", legend="Vem frågar", choices=numbered(pairs(*WHO), chosen=["v1"])),
        "school": Select(
            name="school",
            label="Skola",
            label_unseen=True,
            choices=tuple(
                Choice(value=v, label=t, chosen=v == "v2") for v, t in pairs("Björkskolan", "Almskolan", "Ekskolan")
            ),
        ),
        "town": Select(
            name="town",
            label="Ort",
            label_unseen=True,
            empty="Välj ort",
            choices=tuple(Choice(value=v, label=t) for v, t in pairs("Arboga", "Motala")),
        ),
        "subject": ChoiceGroup(
            name="subject",
            legend="Ämne",
            choices=numbered(pairs(*SUBJECTS), chosen=["v4"], states=[("unknown", "Okänt")]),
        ),
        "stage": ChoiceGroup(
            name="stage", legend="Läge", choices=numbered(pairs("Letar", "Beställt", "Hämtat"), chosen=["v2"])
        ),
        "urgent": ChoiceGroup(
            name="urgent",
            legend="Bråttom",
            legend_unseen=True,
            multiple=True,
            choices=(Choice(value="yes", label="Behövs i dag", digit="4"),),
        ),
        "age": ChoiceGroup(
            name="p1-age", legend="Ålder", choices=numbered(pairs(*AGES), chosen=["v3"], states=[("unknown", "Okänd")])
        ),
        "reads": ChoiceGroup(
            name="p1-reads",
            legend="Läser",
            choices=numbered(pairs("Mycket", "Lite", "Inte alls"), chosen=["v1"], states=[("unknown", "Okänt")]),
        ),
        "wants": ChoiceGroup(
            name="p1-wants",
            legend="Vill ha",
            multiple=True,
            choices=numbered(
                pairs(*WANTS), chosen=["v1", "v3", "v6"], states=[("unknown", "Okänt")], exclusive_states=True
            ),
        ),
        "advice": ChoiceGroup(
            name="advice",
            legend="Tips",
            multiple=True,
            choices=numbered(pairs("Läslista", "Fjärrlån", "Utställning", "Bokcirkel", "Kurs"), chosen=["v1", "v4"]),
        ),
        "outcome": ChoiceGroup(
            name="outcome",
            legend="Utfall",
            error="Välj hur det slutade.",
            choices=(
                *numbered(pairs("Besvarad", "Hänvisad", "Bokad tid", "Återkommer")),
                Choice(value="none", label="Ingen fråga", digit="9", apart=True),
            ),
        ),
        "ask": numbered(
            pairs(
                "Vad har du läst förut", "Hur långt får det vara", "Behövs det på annat språk", "Finns bibliotekskort"
            ),
            chosen=["v1", "v2"],
        ),
        "inform": numbered(pairs("Lånetid och förlängning", "Tysta läsrummet", "Kurs i källkritik"), chosen=["v1"]),
    }


def bars(*, rtl: bool, name: str = "bars") -> charts.Chart:
    """Return a chart with every standing a figure can have."""
    loans = (187, 298, 455, 600, 959, 1019, 784)
    visits = (255, 443, 619, 798, 1081, 1054, 907)
    return charts.Chart(
        name=name,
        title=_("Lånen ökade varje år till 2019 och minskade 2020"),
        subtitle=_("Lån och besök per år"),
        categories=YEARS,
        series=(
            charts.Series(name=_("Lån"), values=tuple(Value(amount) for amount in loans)),
            charts.Series(name=_("Besök"), values=tuple(Value(amount) for amount in visits)),
        ),
        notes=(_("* Från 13 mars 2014."),),
        rtl=rtl,
    )


def gaps(*, rtl: bool) -> charts.Chart:
    """Return bars with a hidden, a missing and a preliminary figure."""
    values = (Value(12), HIDDEN, Value(0), Value(31), MISSING, Value(22), Value(27, Standing.PRELIMINARY))
    return charts.Chart(
        name="gaps",
        title=_("Kursdeltagare per månad"),
        subtitle=_("Antal deltagare, Norra filialen"),
        categories=("jan", "feb", "mar", "apr", "maj", "jun", "jul"),
        series=(charts.Series(name=_("Deltagare"), values=values),),
        rtl=rtl,
    )


def line_chart(*, rtl: bool) -> charts.Chart:
    """Return lines with a break and a preliminary end."""
    one = [Value(v) for v in (20, 24, 27, 25, 31, 36, 38, 41, 22, 25, 29, 33)] + [Value(30, Standing.PRELIMINARY)]
    other = (
        [Value(v) for v in (11, 9, 12, 14)]
        + [HIDDEN]
        + [Value(v) for v in (15, 16, 13, 9, 8, 11, 12)]
        + [Value(14, Standing.PRELIMINARY)]
    )
    return charts.Chart(
        name="lines",
        title=_("Fjärrlånen minskade sedan reglerna ändrades"),
        subtitle=_("Fjärrlån per kvartal"),
        categories=(*(f"{q}/{y}" for y in (24, 25, 26) for q in (1, 2, 3, 4)), "1/27"),
        series=(
            charts.Series(name=_("Fjärrlån ut"), values=tuple(one)),
            charts.Series(name=_("Fjärrlån in"), values=tuple(other)),
        ),
        breaks=(charts.Break(before=8, note=_("1 januari 2026: nya regler, tiden före är inte jämförbar.")),),
        rtl=rtl,
    )


def controlled(*, rtl: bool) -> tuple[charts.Chart, tuple[control_charts.Limits | None, ...], dict[int, str]]:
    """Return a control chart with a break, a hidden point, limits that follow the base, and points with a pattern."""
    shares = (61, 64, 58, 62, 66, 60, 63, 59, 62, 65, 78, 77, 80, 76, 81, 79, None, 78, 82, 79, 95)
    limits = [
        control_charts.Limits(62, 51 - at % 3, 73 + at % 3)
        if at < 10
        else control_charts.Limits(79, 69 - at % 2, 89 + at % 2)
        for at in range(len(shares))
    ]
    chart = charts.Chart(
        name="control",
        title=_("Återlämnat i tid: utanför gränserna i mars 2027"),
        subtitle=_("Andel av lånen som lämnades i tid, procent"),
        categories=tuple(f"{1 + at % 12}/{25 + (at + 6) // 12}" for at in range(len(shares))),
        series=(charts.Series(name=_("I tid"), values=control_charts.values_of(shares)),),
        breaks=(charts.Break(before=10, note=_("1 maj 2026: påminnelser skickas, nya gränser.")),),
        notes=(_("A utanför gränserna: mars 2027."),),
        is_percent=True,
        rtl=rtl,
    )
    return chart, tuple(limits), {20: "A"}


def compared(*, rtl: bool) -> tuple[charts.Chart, tuple[tuple[float, float] | None, ...]]:
    """Return a few years with the interval of each."""
    chart = charts.Chart(
        name="compared",
        title=_("Ljudböcker lånas oftare än förut"),
        subtitle=_("Andel av lånen, tredje kvartalet varje år"),
        categories=("2023", "2024", "2025", "2026"),
        series=(charts.Series(name=_("Andel"), values=control_charts.values_of((12, None, 13, 21))),),
        is_percent=True,
        height=110,
        rtl=rtl,
    )
    return chart, ((9, 16), None, (10, 17), (17, 26))


def share_rows() -> tuple[charts.Share, ...]:
    """Return shares of which one is hidden and one has a long name."""
    return (
        charts.Share(label=_("Skönlitteratur"), value=Value(62)),
        charts.Share(label=_("Facklitteratur om natur, resor och hembygd"), value=Value(34.4)),
        charts.Share(label=_("Tidskrifter"), value=HIDDEN),
        charts.Share(label=_("Ljudböcker"), value=Value(8)),
    )


def table(*, look: str) -> components.Table:
    """Return a table with sums and marks."""
    hidden = components.Cell(text="▪", mark="hidden", reason=_("döljs: färre än fem"))

    def cells(*texts: str) -> tuple[components.Cell, ...]:
        return tuple(components.Cell(text=text) for text in texts)

    rows: tuple[components.Row, ...] = (
        components.Row(head="2018", cells=cells("959", "1\u00a0081", "80"), note="1"),
        components.Row(head="2019", cells=(*cells("1\u00a0019", "1\u00a0054"), hidden)),
        components.Row(head="2020", cells=cells("784", "907", "65")),
        components.Row(head=_("Summa"), cells=cells("2\u00a0762", "3\u00a0042", "77"), is_sum=True),
    )
    if look == "grid":
        few = components.Cell(text="3", mark="primary", reason=_("döljs: färre än fem"))
        other = components.Cell(text="12", mark="secondary", reason=_("döljs: annars kan en annan räknas ut"))
        rows = (
            components.Row(head="Norr", cells=(*cells("7", "11"), other)),
            components.Row(head="Söder", cells=(*cells("5"), few, other)),
            components.Row(head=_("Summa"), cells=cells("12", "14", "24"), is_sum=True),
        )
    return components.Table(
        caption=_("Tabell 1. Lån och besök") if look == "open" else _("Markerade celler döljs för läsaren"),
        columns=tuple(
            components.Column(label=label, numeric=at > 0)
            for at, label in enumerate((_("År"), _("Lån"), _("Besök"), _("Lån per månad, medel")))
        ),
        rows=rows,
        look=look,
        notes=(_("¹ Från 13 mars. Medelvärdet är räknat på 9,7 månader."),) if look == "open" else (),
    )


def county_map() -> maps.CountyMap:
    """Return a map with one hidden county."""
    codes = sorted(maps.geometry()["counties"])
    values = {code: Value((at * 17) % 60 + 4) for at, code in enumerate(codes)}
    return maps.CountyMap(
        name="map",
        title=_("Bibliotek med kvällsöppet, andel av alla i länet"),
        description=_("Karta över länen. Siffran i länet är andelen i procent. Alla värden står i tabellen."),
        values=values | {"09": HIDDEN, "17": MISSING},
        county_names={code: f"Län {code}" for code in codes},
        bounds=(15, 30, 45),
    )


def multiples(*, rtl: bool) -> list[charts.Chart]:
    """Return three small charts on one scale."""
    figures = {"Norr": (3, 5, 9, 12), "Söder": (8, 7, 7, 4), "Centrum": (20, 22, 19, 25)}
    return [
        charts.Chart(
            name=f"small-{at}",
            title=branch,
            subtitle=_("Kurser per år"),
            categories=("2023", "2024", "2025", "2026"),
            series=(charts.Series(name=_("Kurser"), values=tuple(Value(v) for v in row)),),
            rtl=rtl,
        )
        for at, (branch, row) in enumerate(figures.items())
    ]


def everything(*, rtl: bool, wrong: bool, now: datetime) -> dict[str, Any]:
    """Return the context of the page."""
    form = SampleForm({"weeks": "0", "medium": "v1"}) if wrong else SampleForm()
    row_chart = charts.share_chart(
        name="shares", title=_("Vad som lånas"), subtitle=_("Andel av lånen, procent"), rows=share_rows(), rtl=rtl
    )
    bar_chart, gap_chart, lined = bars(rtl=rtl), gaps(rtl=rtl), line_chart(rtl=rtl)
    control_chart, limits, signs = controlled(rtl=rtl)
    years, intervals = compared(rtl=rtl)
    now_ms = int(now.timestamp() * 1000)
    return {
        "desk": desk(),
        "form": form,
        "table": table(look="open"),
        "grid": table(look="grid"),
        "charts": [
            (bar_chart, charts.grouped_bars(bar_chart), charts.notes(bar_chart)),
            (gap_chart, charts.grouped_bars(gap_chart), charts.notes(gap_chart)),
            (lined, charts.lines(lined), charts.notes(lined)),
            (row_chart, charts.shares(row_chart, share_rows()), charts.notes(row_chart)),
            (control_chart, control_charts.control_chart(control_chart, limits, signs), charts.notes(control_chart)),
            (years, control_charts.interval_bars(years, intervals), charts.notes(years)),
        ],
        "multiples": charts.small_multiples(multiples(rtl=rtl)),
        "map": maps.county_map(county_map()),
        "steps": (
            components.Step(label=_("Räknad"), state="done"),
            components.Step(label=_("Skyddad och prövad"), state="current"),
            components.Step(label=_("Godkänd av en annan")),
            components.Step(label=_("Publicerad")),
        ),
        "tabs": (
            components.Tab(label=_("Gällande"), url="#gallande", current=True),
            components.Tab(label=_("Utkast"), url="#utkast"),
            components.Tab(label=_("Äldre"), url="#aldre"),
        ),
        "pages": components.pages(current=4, last=12),
        "options": (
            Choice(value="a", label=_("Filial och fem åldersgrupper"), hint=_("nio filialer läggs ihop"), chosen=True),
            Choice(value="b", label=_("Filial och två åldersgrupper"), hint=_("under 18, 18 och äldre")),
        ),
        "timeline": (
            components.TimelineEvent(
                when="2 oktober 2026 kl. 08.00",
                sentence=_("Bibliotekarie 2 räknade listan"),
                machine_time="2026-10-02T08:00",
            ),
            components.TimelineEvent(
                when="2 oktober 2026 kl. 09.12",
                sentence=_("Bibliotekarie 1 godkände listan"),
                machine_time="2026-10-02T09:12",
            ),
        ),
        "small": 1081,
        "change": -12.5,
        "now": now,
        "timer": {"started": now_ms - 522_000, "now": now_ms},
    }
