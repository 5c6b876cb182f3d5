"""Rules about templates and styles of the whole house, found by reading the files."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent / "samsyn"
TEMPLATES = sorted(ROOT.glob("**/templates/**/*.html"))
STYLES = sorted(ROOT.glob("*/static/**/*.css"))
SCRIPTS = sorted(ROOT.glob("*/static/**/*.js"))
OURS = ROOT / "ui" / "static" / "ui"


def named(files: list[Path]) -> list[object]:
    return [pytest.param(file, id=str(file.relative_to(ROOT))) for file in files]


@pytest.mark.parametrize("file", named(TEMPLATES))
def test_no_template_has_inline_style_inline_script_or_something_from_elsewhere(file: Path) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", file.read_text(), flags=re.S)
    assert not re.search(r"\sstyle\s*=", text)
    assert "<style" not in text
    assert not re.search(r"\son[a-z]+\s*=\s*[\"'{]", text)
    assert not re.search(r"javascript:", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        # A data block of JSON is no script: the content policy does not run it.
        assert "src=" in tag or 'type="application/json"' in tag, tag
    for tag in re.findall(r"<(?:script|link|img|iframe|form|source|use)\b[^>]*>", text):
        assert "//" not in tag.replace("http://www.w3.org/2000/svg", ""), tag


@pytest.mark.parametrize("file", named(STYLES))
def test_no_style_knows_left_or_right_and_none_fetches_from_elsewhere(file: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.S)
    assert not re.findall(r"[^{};]*\b(?:left|right)\b[^{};]*", text)
    assert "@import" not in text
    assert not re.search(r"url\([\"']?(?:https?:|//|data:)", text)


def test_the_whole_of_the_styles_is_small() -> None:
    assert sum(file.stat().st_size for file in OURS.glob("*.css")) < 32_400


@pytest.mark.parametrize("file", named(SCRIPTS))
def test_scripts_are_small_store_nothing_and_write_no_markup(file: Path) -> None:
    import gzip

    text = file.read_text()
    assert len(gzip.compress(text.encode())) < 2_400
    for word in (
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "http://",
        "https://",
    ):
        assert word not in text, word


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(letter * 2 for letter in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tokens(scheme: str) -> dict[str, str]:
    text = (OURS / "tokens.css").read_text()
    light, rest = text.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", rest.split("@media")[0]))
    return found


GROUNDS = ("paper", "surface", "sunk")
TEXTS = [
    (ink, ground)
    for ink in ("ink", "ink-2", "ink-3", "accent", "accent-ink", "danger", "good", "attention")
    for ground in GROUNDS
]
TEXTS.remove(("ink-3", "sunk"))  # 4.4: layout.css gives hints on that ground the second ink
TEXTS += [
    ("accent-ink", "accent-soft"),
    ("on-accent", "accent"),
    ("attention", "attention-soft"),
    ("danger", "danger-soft"),
    ("good", "good-soft"),
]
TEXTS += [("ink", "attention-soft"), ("ink", "danger-soft"), ("ink", "good-soft"), ("ink", "accent-soft")]
TEXTS += [("on-c1", "c1"), ("on-c1", "c2"), ("on-c1", "c3"), ("on-c4", "c4")]
SIGNS = [
    ("line-strong", "surface"),
    ("line-strong", "paper"),
    ("series-1", "paper"),
    ("series-2", "paper"),
    ("accent", "surface"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_that_meets_has_the_contrast_it_needs(scheme: str) -> None:
    values = tokens(scheme)
    weak = [(a, b, round(contrast(values[a], values[b]), 2)) for a, b in TEXTS if contrast(values[a], values[b]) < 4.5]
    weak += [(a, b, round(contrast(values[a], values[b]), 2)) for a, b in SIGNS if contrast(values[a], values[b]) < 3]
    assert weak == []
