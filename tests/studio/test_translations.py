# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is said, raised or shown reaches the artist in their language, by its template."""

from __future__ import annotations

import gettext
import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from babel import UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

from scripts import translations
from scripts.spoken_texts import Finder, Text
from smart_lineart.inking import STYLES, Cancelled, InkError, OutOfMemory, load_model
from smart_lineart.inking.network.runtime.worker_process import WorkerDied
from smart_lineart.said import Said, placeholders
from smart_lineart.studio.language import i18n
from smart_lineart.studio.language.i18n import tr, tr_count, translated

SHIPPED = i18n.FOLDER
LANGUAGES = sorted(path.stem for path in SHIPPED.glob("*.po"))
MAKE = "run make translations"
LANGUAGES = ["de", "es", "fr", "ja", "ko", "pt_BR", "zh_CN", "zh_TW"]
KEPT = "{count} of your changes kept"


def forms(message: Message) -> list[tuple[str, str]]:
    """English and translation, of each number that a text has."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[min(number, 1)], one) for number, one in enumerate(message.string)]


def ids(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogue if message.id}


@pytest.fixture(autouse=True)
def in_german() -> Iterator[None]:
    i18n.choose_language(["de"])
    yield
    i18n.choose_language(["en"])


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    """The code's."""
    return Finder().texts


@pytest.fixture
def translator(texts: list[Text], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts texts into a language's catalogue and compiles it, in a folder where only those are."""
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)

    def translate(language: str, wording: Callable[[str], str], plural_forms: str = "") -> None:
        translations.refresh(tmp_path, texts, [language])
        catalogue = translations.read(tmp_path / f"{language}.po")
        if plural_forms:
            catalogue.mime_headers = [("Plural-Forms", plural_forms)]
        for message in catalogue:
            if isinstance(message.id, str):
                message.string = message.id and wording(message.id)
            else:
                last = len(message.string) - 1
                message.string = tuple(
                    f"{number} {wording(message.id[min(1, number)])}" for number in range(last + 1)
                )
        with (tmp_path / f"{language}.po").open("wb") as file:  # as Poedit and Weblate do
            write_po(file, catalogue)
        translations.refresh(tmp_path, texts)

    return translate


class TestCatalogues:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_has_every_text_and_no_other(self, texts: list[Text], language: str) -> None:
        catalogue = translations.read(SHIPPED / f"{language}.po")
        assert len(ids(catalogue)) > 200
        assert (
            ids(catalogue)
            == ids(translations.gathered(texts))
            == ids(translations.read(SHIPPED / "messages.pot"))
        )
        assert not catalogue.obsolete

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_text_is_translated(self, language: str) -> None:
        for message in translations.read(SHIPPED / f"{language}.po"):
            if message.id:
                assert not message.fuzzy, message.id
                for english, text in forms(message):
                    assert text.strip(), english
                    assert text.endswith((".", "。")) == english.endswith("."), english

    def test_the_promised_languages_are_there(self) -> None:
        assert i18n.available_languages() == LANGUAGES

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_place_for_a_value_is_kept(self, language: str) -> None:
        for message in translations.read(SHIPPED / f"{language}.po"):
            for english, other in forms(message) if message.id else ():
                either = [placeholders(english)] if isinstance(message.id, str) else [set(), {"count"}]
                assert not other or placeholders(other) in either, english

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_plugin_reads_what_translators_wrote(self, language: str) -> None:
        """The .mo is committed too: a checkout that Krita loads through a link is built by nobody."""
        written, compiled = translations.read(SHIPPED / f"{language}.po"), io.BytesIO()
        write_mo(compiled, written)
        compiled.seek(0)
        with (SHIPPED / f"{language}.mo").open("rb") as file:
            shipped = gettext.GNUTranslations(file)
        assert vars(shipped)["_catalog"] == vars(gettext.GNUTranslations(compiled))["_catalog"], MAKE

    def test_bringing_them_up_to_date_changes_nothing_when_nothing_has_changed(
        self, texts: list[Text], tmp_path: Path
    ) -> None:
        shutil.copytree(SHIPPED, tmp_path / "all")
        count = len({text.template for text in texts})
        told = translations.refresh(tmp_path / "all", texts)
        assert f"de: {count} of {count} texts are translated" in told
        for path in SHIPPED.iterdir():
            assert (tmp_path / "all" / path.name).read_bytes() == path.read_bytes(), MAKE

    def test_every_language_is_whole_and_nothing_else_lies_there(self) -> None:
        wanted = {f"{language}.{suffix}" for language in LANGUAGES for suffix in ("po", "mo")}
        assert {path.name for path in SHIPPED.iterdir()} == {"messages.pot", *wanted}


class TestChoosing:
    def test_krita_s_languages_are_told_most_wanted_first(self, monkeypatch) -> None:
        for key in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(key, raising=False)
        assert i18n.languages() == []
        monkeypatch.setenv("LANG", "en_US.UTF-8")
        monkeypatch.setenv("LC_MESSAGES", "fr_FR")
        monkeypatch.setenv("LANGUAGE", "de::pl")
        assert i18n.languages() == ["de", "pl", "fr_FR", "en_US.UTF-8"]
        monkeypatch.setenv("LC_ALL", "it")
        assert i18n.languages() == ["de", "pl", "it", "fr_FR", "en_US.UTF-8"]

    @pytest.mark.parametrize(
        ("wanted", "chosen"),
        [
            (["de"], "de"),
            (["de_AT.UTF-8", "en"], "de"),
            (["en_US", "de"], "en"),
            (["xx", "de"], "de"),
            ([], "en"),
            (["C"], "en"),
            (["de-CH"], "de"),
            (["ja_JP.UTF-8"], "ja"),
            (["zh_HK"], "zh_TW"),
            (["zh_SG"], "zh_CN"),
            (["zh"], "zh_CN"),
            (["pt_PT"], "pt_BR"),
            (["fr_CA"], "fr"),
        ],
    )
    def test_the_first_language_there_is_wins(self, wanted: list[str], chosen: str) -> None:
        assert i18n.choose_language(wanted) == chosen
        assert i18n.language() == chosen
        assert (tr("Ink sketch") == "Ink sketch") == (chosen == "en")

    @pytest.mark.parametrize("content", [b"", b"no catalogue", b"\xde\x12\x04\x95" + bytes(8)])
    def test_a_damaged_catalogue_leaves_english(self, tmp_path: Path, monkeypatch, content: bytes) -> None:
        monkeypatch.setattr(i18n, "FOLDER", tmp_path)
        (tmp_path / "de.mo").write_bytes(content)
        assert i18n.choose_language(["de"]) == "en"
        assert tr("Ink sketch") == "Ink sketch"

    def test_a_catalogue_that_is_cut_short_leaves_english(self, tmp_path: Path, monkeypatch) -> None:
        whole = (SHIPPED / "de.mo").read_bytes()
        monkeypatch.setattr(i18n, "FOLDER", tmp_path)
        for size in range(1, len(whole), len(whole) // 40):
            (tmp_path / "de.mo").write_bytes(whole[:size])
            assert i18n.choose_language(["de"]) == "en"


class TestAnotherLanguage:
    def test_it_is_made_by_a_command_and_a_translator(self, translator) -> None:
        translator("fr", lambda english: f"«{english}»")
        assert i18n.available_languages() == ["fr"]
        assert i18n.choose_language(["fr_CA"]) == "fr"
        assert tr("Ink sketch") == "«Ink sketch»"
        assert (
            tr('Update the lineart of "{name}". What you changed on it stays.', name="{x}")
            == '«Update the lineart of "{x}". What you changed on it stays.»'
        )
        assert translated(OutOfMemory()) == f"«{OutOfMemory.usual}»"
        assert tr_count("1 of your changes kept", KEPT, 3).endswith(" «3 of your changes kept»")

    def test_it_tells_numbers_apart_as_it_does(self, translator) -> None:
        polish = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
        translator("pl", lambda english: english, polish)
        assert i18n.choose_language(["pl"]) == "pl"
        assert [tr_count("1 of your changes kept", KEPT, count)[0] for count in (1, 2, 5, 22)] == [
            "0",
            "1",
            "2",
            "1",
        ]

    def test_a_text_that_is_missing_stays_english(self, translator) -> None:
        translator("fr", lambda english: "" if english == "Pen" else "x" + english)
        assert i18n.choose_language(["fr"]) == "fr"
        assert (tr("Pen"), tr("Pencil")) == ("Pen", "xPencil")

    @pytest.mark.parametrize(
        "spoilt",
        [
            "{nom}",
            "{name",
            "{ name }",
            "{name.__class__}",
            "{0}",
            "{}",
            "nothing",
            "{name} {path}",
            "{name!r}",
        ],
    )
    def test_a_translation_that_spoils_a_place_is_not_used(self, translator, spoilt: str) -> None:
        translator("fr", lambda english: english.replace("{name}", spoilt).replace("{count}", spoilt))
        assert i18n.choose_language(["fr"]) == "fr"
        assert tr("Lineart: {name}", name="a") == "Lineart: a"
        if "{" in spoilt:
            assert tr_count("1 of your changes kept", KEPT, 3) == "3 of your changes kept"

    def test_a_changed_text_waits_for_its_translator(
        self, translator, texts: list[Text], tmp_path: Path
    ) -> None:
        translator("fr", lambda english: "x" + english)
        changed = [
            replace(text, template="Inking was cancelled!") if text.template == Cancelled.usual else text
            for text in texts
        ]
        translations.refresh(tmp_path, changed)
        message = translations.read(tmp_path / "fr.po").get("Inking was cancelled!")
        assert message is not None
        assert (message.string, message.fuzzy) == ("xInking was cancelled.", True)
        assert i18n.choose_language(["fr"]) == "fr"
        assert tr("Inking was cancelled!") == "Inking was cancelled!"

    def test_a_text_that_is_gone_from_the_code_is_gone(self, translator, texts, tmp_path: Path) -> None:
        translator("fr", lambda english: "x" + english)
        translations.refresh(tmp_path, [text for text in texts if text.template != Cancelled.usual])
        for path in tmp_path.iterdir():
            assert Cancelled.usual.encode() not in path.read_bytes(), path

    def test_what_names_no_language_is_refused(self, tmp_path: Path) -> None:
        for name in ("xx_yy_zz", "no language", "qqq", "../fr", ""):
            with pytest.raises((ValueError, UnknownLocaleError)):
                translations.refresh(tmp_path, [], [name])
        assert list(tmp_path.iterdir()) == []


class TestShowing:
    def test_a_text_without_translation_stays_english(self) -> None:
        assert tr("No such text {value}", value=3) == "No such text 3"
        assert translated(InkError("Nobody wrote {what} down.", what="this")) == "Nobody wrote this down."
        assert translated("A plain text with {braces}") == "A plain text with {braces}"
        assert tr("") == ""  # of which gettext has the catalogue's head

    def test_english_is_kept(self) -> None:
        i18n.choose_language(["en"])
        assert translated(InkError("The sketch has no pixels.")) == "The sketch has no pixels."
        assert [tr_count("1 of your changes kept", KEPT, count) for count in (1, 2)] == [
            "1 of your changes kept",
            "2 of your changes kept",
        ]

    def test_numbers_have_their_forms(self) -> None:
        assert [tr_count("1 of your changes kept", KEPT, count) for count in (1, 2)] == [
            "1 Änderung bleibt",
            "2 Änderungen bleiben",
        ]

    def test_every_style_is_known_by_its_german_name(self) -> None:
        for style in STYLES.values():
            for text in (style.title, style.description):
                assert isinstance(text, Said)
        assert translated(STYLES["technical"].title) == "Tuschefüller"

    def test_what_is_filled_in_is_translated_too(self, tmp_path: Path) -> None:
        with pytest.raises(InkError) as caught:
            load_model(tmp_path / "{folder}")
        german = translated(caught.value)
        assert german.startswith(f"Den Modellordner {tmp_path / '{folder}'} gibt es nicht; installiere")
        assert "reinstall" not in german

    @pytest.mark.parametrize(
        ("said", "german"),
        [
            (OutOfMemory(), "Beim Tuschen ging der Speicher aus; setze die Speichergrenze herab"),
            (Cancelled(), "Das Tuschen wurde abgebrochen."),
            (
                Said(
                    "Asking for the devices failed ({reason}).",
                    reason=WorkerDied("no answer within {seconds} s", seconds=120.0),
                ),
                "Die Frage nach den Geräten schlug fehl (keine Antwort innerhalb von 120 s).",
            ),
            (
                InkError(
                    "{name}: {problem}.", name="a.png", problem=InkError("{name} is cut short.", name="b")
                ),
                "a.png: b ist abgeschnitten.",
            ),
            (Said("Something nobody wrote down on the spot."), "Something nobody wrote down on the spot."),
        ],
    )
    def test_sentences_in_sentences(self, said: Said | InkError, german: str) -> None:
        assert translated(said).startswith(german)

    def test_it_is_one_line(self) -> None:
        assert translated(InkError("{name} is cut short.", name="a\n\nb")) == "a b ist abgeschnitten."
        assert tr("Lineart: {name}", name="a  b") == "Reinzeichnung: a  b"  # a layer keeps its name
