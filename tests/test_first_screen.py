# SPDX-License-Identifier: GPL-3.0-or-later
"""What a new artist reads first: README, manual and gallery are true, and in words an artist knows."""

from __future__ import annotations

import gettext
import re
import sys
from html import unescape
from pathlib import Path

import pytest
from PIL import Image

from packaging_tools.recipes import RECIPES
from smart_lineart import __version__
from smart_lineart.studio.language import i18n

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import download_links  # noqa: E402 (the folder has just been put on the path)

README = (ROOT / "README.md").read_text(encoding="utf-8")
FOR_ARTISTS, _, FOR_OTHERS = README.partition("\n## On the command line\n")
MANUAL = (ROOT / "docs/manual/manual.html").read_text(encoding="utf-8")
GALLERY = (ROOT / "docs/gallery/README.md").read_text(encoding="utf-8")
LAB_WORDS = re.compile(r"\b(F|strips?|pass(es)?|rungs?|renew\w*|anew|runs?)\b")
CATALOGUE = ROOT / "smart_lineart/studio/language/translations/messages.pot"
CATALOGUE_TEXTS = re.findall(r'^msgid "(.*)"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
# What Krita calls its own things, in its menus and dockers.
KRITAS = {
    *("All Layers", "Colorize Mask", "Fill Tool", "Layers", "Multiply", "Reference", "Tool Options"),
    "Settings > Configure Krita > Keyboard Shortcuts",
    "Settings > Configure Krita > Python Plugin Manager",
    "Settings > Dockers > Smart Lineart",
    "Settings > Manage Resources > Open Resource Folder",
    "Tools > Scripts",
    "Tools > Scripts > Import Python Plugin from File",
}
# What stands in bold because it is told apart, and is no control.
STRESSED = {"Colour", "Correct by hand", "Fade the sketch", "Shade", "Sketch", "sketch"}
WIDEST = 480  # px of a picture in the manual: what Krita's pane shows without a bar to scroll it


def test_the_readme_links_to_the_zips_of_this_version():
    assert download_links.with_links(README, __version__) == README
    links = re.findall(r"\]\(\.\./\.\./releases/download/([^)]+)\)", FOR_ARTISTS)
    start = f"v{__version__}/smart_lineart-{__version__}"
    assert links == [f"{start}-{name}.zip" for name in download_links.SYSTEMS]
    assert set(download_links.SYSTEMS) == set(RECIPES)


def test_a_release_is_linked_without_excuses():
    released = download_links.with_links(README, "1.2.3")
    assert "](../../releases/download/v1.2.3/smart_lineart-1.2.3-windows-x86_64.zip)" in released
    assert __version__ not in released
    assert "being worked on" not in released
    assert "being worked on" in download_links.with_links(README, "1.2.3.dev0")


def test_a_readme_without_a_place_for_its_links_is_refused():
    with pytest.raises(ValueError, match="lacks the marks"):
        download_links.with_links("# Smart Lineart", "1.2.3")


def test_the_readme_speaks_to_artists_first():
    headings = re.findall(r"^## (.*)$", README, re.MULTILINE)
    assert headings[:2] == ["Download", "Put it into Krita"]
    assert headings[-1] == "Building and testing"
    for command in ("make ", "python3 ", ".venv"):
        assert command not in FOR_ARTISTS
        assert command in FOR_OTHERS


@pytest.mark.parametrize("text", [FOR_ARTISTS, MANUAL, GALLERY], ids=["README", "manual", "gallery"])
def test_no_word_of_the_laboratory_is_left(text):
    assert [match[0] for match in LAB_WORDS.finditer(text)] == []


def test_the_manual_calls_controls_what_they_are_called():
    named = set(bold(MANUAL))
    assert named - KRITAS - STRESSED - {filled_in(text) for text in CATALOGUE_TEXTS} - {"…"} == set()
    assert named >= KRITAS  # none is listed that is told of no more


def filled_in(text: str) -> str:
    """A text as the manual writes it, whatever name stands in it."""
    return re.sub(r"\{\w+\}", "…", text)


def bold(page: str) -> list[str]:
    return [" ".join(unescape(name).split()) for name in re.findall(r"<b>(.*?)</b>", page, re.DOTALL)]


def test_there_is_a_manual_in_each_language_of_the_docker():
    there = {path.name.split(".")[1] for path in (ROOT / "docs/manual").glob("manual.*.html")}
    assert there - {"html"} == set(i18n.available_languages())


@pytest.mark.parametrize("language", i18n.available_languages())
def test_a_translated_manual_says_all_that_the_manual_says_and_calls_controls_as_the_docker_does(language):
    page = (ROOT / f"docs/manual/manual.{language}.html").read_text(encoding="utf-8")
    part = re.compile(r'<(/?(?:h1|h2|p|ol|ul|li|table|tr|td)|br|img src="[^"]+"|a name="\w+")>')
    assert part.findall(page) == part.findall(MANUAL), "paragraph by paragraph"
    for mark in ("b", "i"):
        assert page.count(f"<{mark}>") == page.count(f"</{mark}>") > 0
    with (i18n.FOLDER / f"{language}.mo").open("rb") as file:
        texts = gettext.GNUTranslations(file)
    controls = {name for name in bold(MANUAL) if name not in KRITAS | STRESSED | {"…"}}
    whole = {filled_in(text): text for text in CATALOGUE_TEXTS}
    assert {filled_in(texts.gettext(whole.get(name, name))) for name in controls} - set(bold(page)) == set()


def test_the_manual_tells_of_all_that_an_artist_does():
    headings = " ".join(re.findall(r"<h2>(.*?)</h2>", MANUAL)).lower()
    told = "colour selections layer corrections animation brushes keyboard wrong"
    assert [word for word in told.split() if word not in headings] == []


def test_the_manual_s_pictures_fit_krita_s_pane():
    pictures = re.findall(r'src="([^"]+)"', MANUAL)
    assert len(pictures) >= 2
    assert {name for name in pictures if Image.open(ROOT / "docs/manual" / name).width > WIDEST} == set()


def test_the_moving_picture_moves():
    with Image.open(ROOT / "docs/images/moving.webp") as picture:
        assert picture.n_frames > 50  # type: ignore[attr-defined]
