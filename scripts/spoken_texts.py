# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds every text that an artist can read, where it is written in the code.

A text is the first argument of `tr`, `tr_count`, `Said` or an error that is said (any class that comes from
`SaidError`), or such a class's `usual`. It is written out: not put together, no f-string, no variable, or
nobody could look it up. A comment "# Translators: ..." right above goes to the translators.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from smart_lineart.said import placeholders

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "smart_lineart"
LOOKS_UP = (
    "said.py",
    "studio/language/i18n.py",
)  # what carries and looks up texts that are written elsewhere
ENGLISH_ONLY = "cli"  # the command: checked, but in no catalogue
BASE = "SaidError"
OWN_NAMES = {"killed", "hung", "count"}  # arguments that are no values: WorkerDied's, and tr_count's own
NOTE = "Translators:"


@dataclass(frozen=True)
class Text:
    """A text in the code. `many`: what it is for any other number than one."""

    template: str
    many: str | None
    path: str
    line: int
    note: str


class Finder:
    """Texts and faults of a package's files, which call `Said`, errors and `tr` by name."""

    def __init__(self, package: Path = PACKAGE):
        self.texts: list[Text] = []
        self.faults: list[str] = []
        sources = {path: path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py"))}
        trees = {path: ast.parse(source) for path, source in sources.items()}
        self.usual = _usual_texts(list(trees.values()))
        for path, tree in trees.items():
            self._path = path.relative_to(package.parent).as_posix()
            self._lines = sources[path].splitlines()
            self._spoken = path.relative_to(package).parts[0] != ENGLISH_ONLY
            if path.relative_to(package).as_posix() not in LOOKS_UP:
                self._look(tree)

    def _look(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and self.usual.get(node.name):
                assignment, template = _own_usual(node)
                if assignment is not None:
                    self._take(assignment, template)
            name = _called(node)
            if isinstance(node, ast.Call) and (name in {"tr", "tr_count", "Said"} or name in self.usual):
                self._look_at_call(node, name)

    def _look_at_call(self, call: ast.Call, name: str) -> None:
        if not call.args and self.usual.get(name):
            return
        count = 2 if name == "tr_count" else 1
        templates = [_literal(argument) for argument in call.args[:count]]
        if len(templates) < count or None in templates:
            self._fault(call, f"the text of {name} is not written out")
            return
        template, *more = [str(one) for one in templates]
        given = {word.arg for word in call.keywords} - OWN_NAMES
        wanted = placeholders(template) - OWN_NAMES
        if given != wanted:
            self._fault(
                call, f"{name} has places for {sorted(wanted)} and values for {sorted(map(str, given))}"
            )
        self._take(call, template, *more)

    def _take(self, node: ast.AST, template: str, many: str | None = None) -> None:
        line = node.lineno  # type: ignore[attr-defined]
        for one in (template, many or ""):
            names = re.findall(r"\{([^{}]*)\}", re.sub(r"\{\{|\}\}", "", one))
            if sorted(names) != sorted(placeholders(one)):
                self._fault(node, "a place for a value occurs twice or is misspelt")
        if self._spoken and re.search(
            r"\w", re.sub(r"\{\{|\}\}|\{\w+\}", "", template)
        ):  # else it has no words
            self.texts.append(Text(template, many, self._path, line, self._note_above(line)))

    def _note_above(self, line: int) -> str:
        """What a comment right above a line, or above the statement it is in, tells the translators."""
        said: list[str] = []
        for above in reversed(self._lines[max(0, line - 4) : line - 1]):
            text = above.strip()
            if text.startswith("#"):
                said.insert(0, text.lstrip("# "))
                if said[0].startswith(NOTE):
                    return " ".join(said).removeprefix(NOTE).strip()
            elif said or not text.endswith("("):
                break
        return ""

    def _fault(self, node: ast.AST, what: str) -> None:
        self.faults.append(f"{self._path}:{node.lineno}: {what}")  # type: ignore[attr-defined]


def _called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return str(getattr(function, "id", getattr(function, "attr", "")))


def _literal(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _own_usual(node: ast.ClassDef) -> tuple[ast.Assign | None, str]:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "usual":
            return statement, _literal(statement.value) or ""
    return None, ""


def _usual_texts(trees: list[ast.Module]) -> dict[str, str]:
    """Every class of errors that are said, with what it usually says, its own or its base's."""
    classes = {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}
    usual = {BASE: ""}
    while True:
        new = {
            name: _own_usual(node)[1] or usual[base]
            for name, node in classes.items()
            for base in (getattr(one, "id", getattr(one, "attr", "")) for one in node.bases)
            if base in usual and name not in usual
        }
        if not new:
            return usual
        usual.update(new)
