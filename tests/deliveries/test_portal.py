"""The portal: a file, a workbook template, a form; the receipt; keys; and the register of the centre."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import html5lib
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from samsyn.deliveries import actions, completeness, models, queries
from samsyn.deliveries.checking.formats import STATUS_WORDS
from samsyn.deliveries.models import Delivery
from samsyn.people import queries as people
from samsyn.people.actors import Actor
from tests.deliveries.conftest import AT, FORM, Deliverer, SignIn
from tests.deliveries.figures import counts

FORM_URL = "/deliveries/form/municipal_core/1.0.0/case/2025K2/"
TEMPLATE_URL = "/deliveries/template/municipal_core/1.0.0/case/2025K2.xlsx"


def shown(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:500]
    text = answer.content.decode()
    html5lib.HTMLParser(strict=True).parse(text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def upload(browser: Client, content: bytes) -> Any:
    return browser.post("/deliveries/upload", {"file": SimpleUploadedFile("siffror.csv", content)})


def test_a_file_is_mended_with_the_report_alone(stockholm: Deliverer, signed_in: SignIn) -> None:
    browser = signed_in(stockholm.actor)
    assert "Stockholms stad" in shown(browser.get("/deliveries/"))
    faulty = stockholm.file("2025K2").replace(b";goal;whole;girl_woman;", b";goal;hole;girl_woman;", 1)
    refused = upload(browser, faulty)
    page = shown(browser.get(refused["Location"]))
    assert "1 fel att rätta" in page
    line = re.search(r"(\d+) kod Koden finns inte .*? Menades (\w+)\?", page)
    assert line
    lines = faulty.decode().split("\r\n")
    cells = lines[int(line[1]) - 1].split(";")
    cells[5] = line[2]
    lines[int(line[1]) - 1] = ";".join(cells)
    accepted = upload(browser, "\r\n".join(lines).encode())
    assert "Siffrorna är mottagna" in shown(browser.get(accepted["Location"]))
    assert Delivery.objects.filter(state="accepted").count() == 1


def test_the_page_names_the_first_missing_rows_and_the_receipts_file_names_all(
    stockholm: Deliverer, uppsala: Deliverer, signed_in: SignIn
) -> None:
    browser = signed_in(stockholm.actor)
    lines = stockholm.file("2025K2").decode().split("\r\n")
    missing = [" ".join(line.split(";")[5:7]) for line in lines[61:69]]
    refused = upload(browser, "\r\n".join(lines[:61] + lines[69:]).encode())
    page = browser.get(refused["Location"])
    assert f"Lägg till: {', '.join(missing[:5])} och 3 till." in shown(page)
    address = f"{refused['Location']}receipt.txt"
    assert page.content.decode().count(f'href="{address}"') == 2, "where the others stand, and beside the checksum"
    file = browser.get(address)
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in file["Content-Disposition"]
    assert f"Lägg till: {', '.join(missing)}." in file.content.decode()
    assert signed_in(uppsala.actor).get(address).status_code == 404


@pytest.mark.parametrize(
    ("language", "words"), [("sv", ["mottagen", "rader", "fel"]), ("en", ["received", "rows", "faults"])]
)
def test_the_receipts_file_speaks_the_readers_language(stockholm: Deliverer, language: str, words: list[str]) -> None:
    receipt = stockholm.send(stockholm.file())
    with translation.override(language):
        lines = receipt.as_text().decode().split("\r\n")
    assert [line.split()[0] for line in lines[3:6]] == words


def test_a_report_with_too_many_faults_says_that_the_others_come_next(stockholm: Deliverer, signed_in: SignIn) -> None:
    browser = signed_in(stockholm.actor)
    lines = stockholm.file("2025K2").decode().replace(";normal", ";okej").split("\r\n")
    refused = upload(browser, "\r\n".join([*lines[:-1], *(lines[1:-1] * 2)]).encode())
    page = shown(browser.get(refused["Location"]))
    assert re.search(r"1\W?080 fel att rätta", page), page[:600]
    assert "De första 1000 står här" in page.replace("\u00a0", "")
    # What looks like a register is one fault, whatever else was wrong before it was found out.
    register = upload(
        browser, "\r\n".join([lines[0], *lines[1:60], lines[3].replace("0180", "19811218-9876")]).encode()
    )
    assert "1 fel att rätta" in (page := shown(browser.get(register["Location"])))
    assert "personnummer" in page


def test_the_template_filled_in_is_taken(stockholm: Deliverer, signed_in: SignIn) -> None:
    browser = signed_in(stockholm.actor)
    book = openpyxl.load_workbook(io.BytesIO(browser.get(TEMPLATE_URL).content))
    sheet = book["Leverans"]
    assert sheet.data_validations.count == 3
    figures = counts(FORM, persons=12, seed="t")
    for row, count in zip(sheet.iter_rows(min_row=2), figures, strict=True):
        row[-2].value = count
    row[-2].value, row[-1].value = None, STATUS_WORDS["Q"]
    made = io.BytesIO()
    book.save(made)
    receipt = queries.receipt(Delivery.objects.get(pk=upload(browser, made.getvalue())["Location"].split("/")[2]).pk)
    assert (receipt.state, receipt.rows) == ("accepted", FORM.size), receipt.faults


def test_the_form_is_the_same_way(stockholm: Deliverer, signed_in: SignIn) -> None:
    browser = signed_in(stockholm.actor)
    assert "Skriv ett antal" in shown(browser.get(FORM_URL))
    figures = {f"c{at}": str(count) for at, count in enumerate(counts(FORM, persons=12, seed="t"))}
    wrong = browser.post(FORM_URL, figures | {"c7": "två", "c9": ""})
    page = wrong.content.decode()
    assert "2 rutor att rätta" in shown(wrong, 422)
    assert page.count('aria-invalid="true"') == 2
    assert 'name="c7" value="två"' in page
    right = browser.post(FORM_URL, figures | {"c9": "undertryckt"})
    assert "Siffrorna är mottagna" in shown(browser.get(right["Location"]))
    stored = Delivery.objects.get(state="accepted")
    assert (stored.door, stored.statuses[9], stored.period) == ("form", "Q", "2025K2")
    person = browser.post(FORM_URL, figures | {"c3": "19811218-9876"})
    assert "8112" not in str(list(Delivery.objects.values()))
    assert person.status_code == 422


def test_what_looks_unlikely_is_asked_about(stockholm: Deliverer, signed_in: SignIn) -> None:
    browser = signed_in(stockholm.actor)
    for quarter in ("2024K3", "2024K4", "2025K1"):
        stockholm.send(stockholm.file(quarter))
    asked = upload(browser, stockholm.file("2025K2", persons=400))
    page = shown(browser.get(asked["Location"]))
    assert "Stämmer det här?" in page
    assert "tidigare perioder har haft omkring 60" in page
    assert browser.post(f"{asked['Location']}decide", {"do": "accept"}).status_code == 302
    assert "Siffrorna är mottagna" in shown(browser.get(asked["Location"]))
    assert browser.post(f"{asked['Location']}decide", {"do": "x"}).status_code == 422


def test_a_vendor_has_a_place_of_its_own(vendor: Deliverer, signed_in: SignIn) -> None:
    browser = signed_in(vendor.actor)
    assert "Inget som lämnas här blir statistik" in shown(browser.get("/deliveries/"))
    tried = upload(browser, vendor.file("2025K2"))
    assert "Filen är i ordning" in shown(browser.get(tried["Location"]))
    assert browser.post(f"{tried['Location']}decide", {"do": "accept"}).status_code == 409


def test_keys_are_shown_once_and_ended(stockholm: Deliverer, uppsala: Deliverer, signed_in: SignIn) -> None:
    browser = signed_in(stockholm.actor)
    page = browser.post("/deliveries/keys/", {"do": "client"})
    secret = re.search(r'<strong translate="no" class="long">([\w-]{43})</strong>', page.content.decode())
    assert secret
    assert secret[1] not in shown(browser.get("/deliveries/keys/"))
    (key,) = queries.keys(stockholm.id)
    assert actions.client_sender(client_id=str(key.id), secret=secret[1]) is not None
    other = signed_in(uppsala.actor)
    assert other.post("/deliveries/keys/", {"do": "end", "key": str(key.id)}).status_code == 404
    assert browser.post("/deliveries/keys/", {"do": "end", "key": str(key.id)}).status_code == 302
    assert actions.client_sender(client_id=str(key.id), secret=secret[1]) is None
    assert (
        browser.post("/deliveries/keys/", {"do": "add", "kind": "ssh", "material": "ssh-ed25519 x"}).status_code == 422
    )


def test_nobody_reads_anothers_receipt(
    stockholm: Deliverer, uppsala: Deliverer, signed_in: SignIn, analyst: Actor
) -> None:
    receipt = stockholm.send(stockholm.file())
    other = signed_in(uppsala.actor)
    assert other.get(f"/deliveries/{receipt.id}/").status_code == 404
    assert other.post(f"/deliveries/{receipt.id}/decide", {"do": "withdraw"}).status_code == 404
    assert other.get("/deliveries/register/").status_code == 403
    assert signed_in(analyst).get("/deliveries/").status_code == 403


def test_the_register_says_who_has_not_delivered(
    stockholm: Deliverer, uppsala: Deliverer, signed_in: SignIn, analyst: Actor
) -> None:
    for quarter in ("2026K1", "2026K2"):
        stockholm.send(stockholm.file(quarter), at=datetime(2026, 7, 10, tzinfo=UTC))
    uppsala.send(uppsala.file("2026K1"), at=datetime(2026, 5, 9, tzinfo=UTC))
    by_period = {one.period: one for one in completeness.of_all(today=datetime(2026, 8, 9, tzinfo=UTC).date())}
    second, first = by_period["2026K2"], by_period["2026K1"]
    assert (second.expected, second.delivered, second.on_time) == (2, 1, 1)
    assert (first.delivered, first.on_time) == (2, 0)
    (missing,) = second.late
    assert (missing.deliverer, missing.state, missing.days_late) == ("0380", "late", 10)
    browser = signed_in(analyst)
    assert "Saknas för 2026K2" in shown(browser.get("/deliveries/register/?period=2026K2"))
    assert browser.get("/deliveries/register/?period=2026").status_code == 404
    asked = {"agreement": missing.agreement_id, "period": "2026K2"}
    told = browser.post("/deliveries/register/remind", asked)
    assert timezone.localdate().isoformat() in shown(browser.get(told["Location"]))
    assert browser.post("/deliveries/register/remind", asked | {"period": "2026K1"}).status_code == 404
    reminded = rf"2026K2 municipal_core case [^.]*försenad Centret påminde {timezone.localdate()} \. Formulär"
    own, others = signed_in(uppsala.actor), signed_in(stockholm.actor)
    assert re.search(reminded, shown(own.get("/deliveries/")))
    assert "Centret påminde" not in shown(others.get("/deliveries/"))
    uppsala.send(uppsala.file("2026K2"))
    assert "Centret påminde" not in shown(own.get("/deliveries/")), "it has come"


def test_of_a_whole_country_everybody_who_lacks_is_named_and_can_be_reminded(
    stockholm: Deliverer, signed_in: SignIn, analyst: Actor
) -> None:
    """290 municipalities with two tables each, of which one table of one has come."""
    agreed = {"package": "municipal_core", "version": "1.0.0", "frequency": "quarter", "first_period": "2024K1"}
    made = models.Deliverer.objects.bulk_create(
        models.Deliverer(
            code=f"{2600 + at}", name=f"Kommunen nummer {at}", kind="municipality", county="24", made_at=AT
        )
        for at in range(289)
    )
    models.Agreement.objects.bulk_create(
        models.Agreement(deliverer_id=pk, table=table, made_at=AT, **agreed)
        for pk in (stockholm.id, *(one.pk for one in made))
        for table in ("case", "person")
        if (pk, table) != (stockholm.id, "case")
    )
    stockholm.send(stockholm.file("2026K2"))
    browser = signed_in(analyst)
    answer = browser.get("/deliveries/register/?period=2026K2")
    assert len(answer.content) < 90_000, "with style and script a page weighs at most 100 kB"
    page = shown(answer)
    assert "2026K2 580 1 " in page
    assert "Och 479 till:" in page
    named = page[page.index("Saknas för 2026K2") : page.index("Ny uppgiftslämnare")]
    for name in (one.name for one in made):
        assert len(re.findall(rf"{name} (?:municipal_core|\()", named)) == 2, name
    assert named.count("Stockholms stad municipal_core") == 1
    everybody = {"period": "2026K2"}
    told = browser.post("/deliveries/register/remind", everybody)
    assert models.Reminder.objects.filter(period="2026K2").values("agreement").distinct().count() == 579
    assert shown(browser.get(told["Location"])).count(f"påmind {timezone.localdate()}") == 479
    assert browser.post("/deliveries/register/remind", {"period": "2019K2"}).status_code == 404
    assert signed_in(stockholm.actor).post("/deliveries/register/remind", everybody).status_code == 403


def test_what_is_not_delivered_is_shown_to_its_deliverer_however_old(stockholm: Deliverer, signed_in: SignIn) -> None:
    models.Agreement.objects.filter(deliverer_id=stockholm.id).update(first_period="2020K1")
    stockholm.send(stockholm.file("2020K2"))
    page = shown(signed_in(stockholm.actor).get("/deliveries/"))
    due = page[page.index("Perioder") : page.index("Kvitton")]
    assert "2020K1" in due
    assert "2020K2" not in due
    assert "Äldre perioder visas bara om de inte är lämnade" in due


def test_the_centre_adds_deliverers_and_agreements(signed_in: SignIn, analyst: Actor) -> None:
    browser = signed_in(analyst)
    new = {"code": "0580", "name": "Linköpings kommun", "kind": "municipality", "county": "05"}
    assert browser.post("/deliveries/register/add", new).status_code == 302
    assert "Koden finns redan" in shown(browser.post("/deliveries/register/add", new), 422)
    (row,) = queries.deliverers()
    agreed = {
        "deliverer": str(row.id),
        "table": "municipal_core/1.0.0/case",
        "frequency": "month",
        "first_period": "2025M01",
        "due_days": "20",
    }
    assert browser.post("/deliveries/register/agree", agreed).status_code == 302
    later = agreed | {"table": "municipal_core/2.0.0/case", "first_period": "2026M01"}
    assert browser.post("/deliveries/register/agree", later).status_code == 302
    assert [(one.version, one.last_period) for one in queries.agreed(row.id)] == [("1.0.0", "2025M12"), ("2.0.0", "")]
    assert browser.post("/deliveries/register/agree", later | {"first_period": "2026K1"}).status_code == 422


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"PK\x03\x04x", b"a;b\n" * 5, b"personnummer;namn\n1;2\n"])
def test_rubbish_gets_a_receipt_and_never_a_fault_of_ours(
    stockholm: Deliverer, signed_in: SignIn, content: bytes
) -> None:
    browser = signed_in(stockholm.actor)
    told = upload(browser, content)
    assert "Filen togs inte emot" in shown(browser.get(told["Location"]))
    assert browser.post("/deliveries/upload", {}).status_code == 422
    assert AT - timedelta(1) < AT


def test_the_administrator_gives_a_deliverers_people_accounts(
    signed_in: SignIn, analyst: Actor, administrator: Actor
) -> None:
    new = {"code": "0580", "name": "Linköpings kommun", "kind": "municipality", "county": "05"}
    signed_in(analyst).post("/deliveries/register/add", new)
    organisation = next(pk for pk, name in people.organisations() if name == "Linköpings kommun")
    account = {"name": "linkoping", "pseudonym": "Lämnare 1", "role": "deliverer"}
    browser = signed_in(administrator)
    assert "hör till organisationen" in shown(browser.post("/people/accounts/", account), 422)
    wrong = account | {"role": "analyst", "organisation": organisation}
    assert "hör till organisationen" in shown(browser.post("/people/accounts/", wrong), 422)
    assert "Startlösenord" in shown(browser.post("/people/accounts/", account | {"organisation": organisation}))
    assert queries.deliverer_of(people.actor_named("linkoping")).code == "0580"
