"""What the tests of the exports share: the packages, and the foreign programs that run in Node."""

import json
import mimetypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

from samsyn.questions.exchange import core

FOREIGN = Path(__file__).parent.parent / "foreign"
FIRST, SECOND = core.versions()


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
