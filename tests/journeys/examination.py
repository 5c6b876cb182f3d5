"""What is wrong with a page that is open in a browser: barriers, HTML, what it stores, both widths and directions."""

import html5lib
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Response

from tests.journeys.conformance import html_faults
from tests.journeys.watching import stored

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Colours are the same in both directions, and what lies over what is looked for by itself: three quarters of axe's time.
MIRRORED = RULES | {"rules": {"color-contrast": {"enabled": False}}}
# The last two: an open chat with an adviser, with a supporter.
COOKIES = {"__Host-samsyn", "__Host-samsyn-keys", "__Host-csrf", "__Host-language", "__Host-s", "__Host-i"}
WEIGHT = """() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
# A stranded control or text shows as one that reaches outside the page.
OUTSIDE = """() => [...document.querySelectorAll('main *, header *, aside *, footer *')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width && !e.closest('.unseen, .skip, [role=region], svg, dialog') && (r.right > innerWidth + 1 || r.left < -1);
}).map(e => e.outerHTML.slice(0, 120))"""
# Two controls or headings that share more than a hair of each other's room cannot both be read.
OVERLAP = """() => {
  const seen = [...document.querySelectorAll('h1, h2, h3, a, button, input:not([type=radio]):not([type=checkbox]), select')]
    .filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true})
                 && !e.closest('.unseen, .skip, svg, dialog, [popover], .actions'));
  const boxes = seen.map(e => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width > 1 && r.height > 1);
  const found = [];
  for (const [n, [a, p]] of boxes.entries()) for (const [b, q] of boxes.slice(n + 1)) {
    if (a.contains(b) || b.contains(a)) continue;
    const w = Math.min(p.right, q.right) - Math.max(p.left, q.left), h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (w > 3 && h > 3)
      found.push(a.outerHTML.slice(0, 80) + ' / ' + b.outerHTML.slice(0, 80));
  }
  return found;
}"""
# The way out of a visitors' page (ux.md S1): in sight at the page's end too, large enough, and nothing over it.
WAY_OUT = """() => {
  if (!('start' in document.body.dataset)) return '';
  scrollTo(0, document.documentElement.scrollHeight);
  const exit = document.querySelector('.exit'), r = exit?.getBoundingClientRect();
  if (!r) return 'none';
  const isSeen = r.top >= 0 && r.left >= 0 && r.right <= innerWidth && r.bottom <= innerHeight;
  const isOnTop = exit.contains(document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2));
  scrollTo(0, 0);
  return isSeen && isOnTop && r.width >= 44 && r.height >= 44 ? '' : JSON.stringify([r, isOnTop]);
}"""


def examine(page: Page, address: str, answer: Response | None, *, heaviest: int = 100_000) -> list[str]:
    """Return what is wrong with the page that is open; its width and direction are set back afterwards.

    ``answer`` is what the page came with; without it the HTML is not looked at: a script has put a form's answer into the
    page's place (the client of tests/visitors reads that one strictly).
    """
    wrong: list[str] = []
    before = page.viewport_size, page.evaluate("document.documentElement.dir")

    def say(check: str, detail: object) -> None:
        if detail:
            wrong.append(f"{address}: {check}: {detail}")

    if answer is not None:
        served = answer.body().decode()
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(served)
        say("HTML", [(code, position) for position, code, _data in parser.errors])
        say("HTML standard", html_faults(served))
    say("not one h1", page.locator("h1").count() != 1)
    say("no title", not page.title())
    say("no skip link", page.locator("nav").count() and page.locator("a.skip").count() == 0)
    say("stores", stored(page))
    strange = {str(one.get("name")) for one in page.context.cookies()} - COOKIES
    say("cookies", strange)
    weight = page.evaluate(WEIGHT)
    say("heavy", weight if weight > heaviest else 0)
    page.evaluate(AXE_SCRIPT)
    for direction, rules in (("ltr", RULES), ("rtl", MIRRORED)):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        page.set_viewport_size({"width": 1366, "height": 4000})  # nothing lies below a bar that sticks to the edge
        violations = page.evaluate("rules => axe.run(rules).then(found => found.violations)", rules)
        page.set_viewport_size({"width": 1366, "height": 768})
        say(f"way out {direction}", page.evaluate(WAY_OUT))
        say(f"axe {direction}", [(one["id"], [node["html"][:140] for node in one["nodes"][:3]]) for one in violations])
        say(f"overlap {direction}", page.evaluate(OVERLAP))
        page.set_viewport_size({"width": 320, "height": 640})
        say(f"wider than 320 {direction}", page.evaluate("document.documentElement.scrollWidth") > 320)
        say(f"outside {direction}", page.evaluate(OUTSIDE))
        say(f"overlap at 320 {direction}", page.evaluate(OVERLAP))
        say(f"way out at 320 {direction}", page.evaluate(WAY_OUT))
    page.evaluate("direction => { document.documentElement.dir = direction }", before[1])
    page.set_viewport_size(before[0] or {"width": 1366, "height": 768})
    return wrong
