"""What the tests of the exports share: the packages, and the foreign programs that run in Node."""

import json
import mimetypes
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

from samsyn.questions.exchange import additions, core, editing, methods
from samsyn.questions.exchange.package import Mode, Package, Requirement, Status, Text, Wording

FOREIGN = Path(__file__).parent.parent / "foreign"
FIRST, SECOND, CORRECTED = core.versions()


def _edited() -> Package:
    """Return version 2 as an editor may leave it: words for one mode in three languages, a condition, a split answer."""
    goal = SECOND.variable("goal")
    talk = Text("Nådde vi det vi skulle?", "Did we reach what we set out for?", "Blev det som du ville?")
    about = Text("Tänk på hela tiden.", "Think of the whole time.", "Tänk på allt som hänt.")
    unhelped = Wording(Mode.INTERVIEW, talk, Text("Läs upp svaren.", "Read the answers aloud."))
    package = editing.numbered(replace(SECOND, reason=Text("Provas.", "Tried.")), SECOND)
    for variable, wording in (("goal", Wording(Mode.INTERVIEW, talk, about)), ("closing", unhelped)):
        old = package.variable(variable)
        package = editing.reword(
            package, SECOND, variable=variable, label=old.label, rule=old.rule, wordings=(wording, *old.wordings)
        )
    package = editing.ask_when(
        package, SECOND, variable="client_influence", about="client_help", values=["much", "some"]
    )
    halves = (Text("Minskat mycket", "Much less"), Text("Minskat lite", "A little less"))
    package = editing.split(package, SECOND, variable="change", value="less", into=halves)
    own = Requirement(
        "SAM-11",
        is_must=False,
        text=Text(talk.sv, talk.en),
        verified_by=Text(about.sv, about.en),
        variables=(goal.code,),
    )
    package = additions.require(package, SECOND, requirement=own)
    return replace(package, status=Status.DECIDED, valid_from="2027-01-01")


THIRD = _edited()
(METHODS,) = methods.versions()
ALL = {"1": FIRST, "2": SECOND, "2.0.1": CORRECTED, "edited": THIRD, "methods": METHODS}


def in_node(script: str, *arguments: Path) -> Any:
    """Run one of the scripts in tests/foreign and return what it prints."""
    node = shutil.which("node")
    assert node, "Node.js is missing: script/test installs it or says how"
    command = [node, str(FOREIGN / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90)
    assert not done.returncode, done.stderr[-2000:]
    return json.loads(done.stdout)


def in_lforms(chromium: Browser, said: dict[str, Any]) -> Page:
    """Return a page on which LForms shows a FHIR form, in a Chromium that reaches nothing but its files."""
    inside = FOREIGN / "node_modules" / "lforms" / "dist" / "lforms"
    scripts = ["webcomponent/assets/lib/zone.min.js", "webcomponent/lhc-forms.js", "fhir/R4/lformsFHIR.min.js"]
    page_text = (
        '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/webcomponent/styles.css"><div id="form"></div>'
        + "".join(f'<script src="/{script}"></script>' for script in scripts)
    )

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix("http://forms.localhost").split("?")[0]
        if path == "/":
            route.fulfill(body=page_text, content_type="text/html")
        elif (file := inside / path.lstrip("/")).is_file():
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "text/plain")
        else:
            route.fulfill(status=404, body="")

    page = chromium.new_page()
    page.set_default_timeout(15_000)
    page.route("**/*", answer)
    page.goto("http://forms.localhost/")
    page.wait_for_function("window.LForms && window.LForms.Util && window.LForms.FHIR")
    page.evaluate("said => LForms.Util.addFormToPage(said, 'form', {prepopulate: false})", said)
    return page


def choose(lforms: Page, question: str, answer: str) -> None:
    """Give an answer in the form that LForms shows."""
    lforms.get_by_text(question).first.wait_for()
    row = lforms.locator(".lhc-item", has=lforms.get_by_text(question, exact=False)).last
    row.get_by_text(answer, exact=True).click()


def answered(lforms: Page) -> dict[str, Any]:
    """Return what was filled in, as LForms gives it out."""
    made: dict[str, Any] = lforms.evaluate("() => LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')")
    return made
