# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever sentence the engine says reaches the artist in their language, what it fills in included."""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import smart_lineart
from smart_lineart.inking.errors import Cancelled, InkError, OutOfMemory
from smart_lineart.inking.network.models import load_model
from smart_lineart.studio.language import i18n
from smart_lineart.studio.language.sentences import translated

PACKAGE = Path(smart_lineart.__file__).parent
SPOKEN = [
    *sorted((PACKAGE / "inking").rglob("*.py")),
    *sorted((PACKAGE / "krita_host").glob("*.py")),
    PACKAGE / "bundled.py",
    PACKAGE / "plugin.py",
]


@pytest.fixture(autouse=True)
def in_german() -> Iterator[None]:
    i18n.choose_language(["de"])
    yield
    i18n.choose_language(["en"])


def written(node: ast.AST) -> str | None:
    """A text as the catalogue has it: {a}, {b}, ... for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    letters = iter(string.ascii_lowercase)
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else f"{{{next(letters)}}}" for part in node.values
    )


def is_sentence(text: str) -> bool:
    """Whole sentences; what else there is are names and the short technical reasons quoted in them."""
    return text.endswith(".") and text.count(" ") >= 2 and (text[0].isupper() or text[0] == "{")


def sentences() -> set[str]:
    found = set()
    for path in SPOKEN:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                silent |= {id(part) for part in node.values}
        for node in ast.walk(tree):
            text = written(node)
            if text and id(node) not in silent and is_sentence(text):
                found.add(text)
    return found


def test_every_sentence_of_the_engine_is_in_the_catalogue() -> None:
    catalogue = json.loads((i18n.FOLDER / "de.json").read_text(encoding="utf-8"))
    wanted = sentences()
    assert len(wanted) > 40
    assert wanted - set(catalogue) == set()


def test_every_sentence_is_recognised_when_filled_in() -> None:
    for text in sentences():
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name]
        said = text.format(**{name: f"/some place/{name}.x" for name in names})
        german = translated(said)
        assert german != said, said
        assert all(f"/some place/{name}.x" in german for name in names), german


def test_the_first_language_is_kept() -> None:
    i18n.choose_language(["en"])
    assert translated("The sketch has no pixels.") == "The sketch has no pixels."


def test_what_is_filled_in_is_translated_too(tmp_path: Path) -> None:
    with pytest.raises(InkError) as caught:
        load_model(tmp_path / "nowhere")
    german = translated(str(caught.value))
    assert german.startswith(f"Den Modellordner {tmp_path / 'nowhere'} gibt es nicht; installiere")
    assert "reinstall" not in german


@pytest.mark.parametrize(
    ("said", "german"),
    [
        (str(OutOfMemory()), "Beim Tuschen ging der Speicher aus"),
        (str(Cancelled()), "Das Tuschen wurde abgebrochen."),
        (
            "OpenVINO on the CPU is used instead of OpenVINO on the GPU: the GPU ran out of memory.",
            "Statt OpenVINO auf der GPU wird OpenVINO auf der CPU verwendet: der GPU ging der Speicher aus.",
        ),
        (
            "OpenVINO is not installed; install it with: pip install onnxruntime; the CPU ran out of memory.",
            "OpenVINO ist nicht installiert; installiere es mit: pip install onnxruntime; der CPU ging der",
        ),
        (
            (
                "ONNX Runtime is not installed; install it with: py -m pip install --only-binary=:all: "
                '--no-deps --python-version 3.10 --target "C:\\packages" onnxruntime.'
            ),
            "ONNX Runtime ist nicht installiert; installiere es mit: py -m pip install",
        ),
        (
            'The model\'s card /m.json lacks "name"; reinstall Smart Lineart or choose another model folder.',
            "Die Modellkarte /m.json hat kein „name“; installiere Smart Lineart neu oder wähle",
        ),
        ("Something nobody wrote down on the spot.", "Something nobody wrote down on the spot."),
    ],
)
def test_sentences_in_sentences(said: str, german: str) -> None:
    assert translated(said).startswith(german)
