# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds every text that an artist can read, where it is written in the code.

A text is the first argument of `tr`, `tr_count`, `Said` or an error that is said (any class that comes from
`SaidError`), or such a class's `usual`. It is written out: not put together, no f-string, no variable, or
nobody could look it up. A comment "# Translators: ..." right above goes to the translators.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

from smart_lineart.said import placeholders

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "smart_lineart"
# These carry and look up what is written elsewhere.
LOOKS_UP = ("said.py", "studio/language/i18n.py")
ENGLISH_ONLY = "cli"  # the command: checked, but in no catalogue
BASE = "SaidError"
NOTE = "Translators:"
_BRACES = re.compile(r"\{\{|\}\}")
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Text:
    """A text in the code. `many`: what it is for any other number than one."""

    template: str
    many: str | None
    path: str
    line: int
    note: str


@dataclass
class Kind:
    """A class of errors that are said: what it usually says, and its arguments that are no values."""

    usual: str = ""
    words: set[str] = field(default_factory=set)


class Finder:
    """Texts and faults of a package's files, which call `Said`, errors and `tr` by name."""

    def __init__(self, package: Path = PACKAGE):
        self.texts: list[Text] = []
        self.faults: list[str] = []
        sources = {path: path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py"))}
        trees = {path: ast.parse(source) for path, source in sources.items()}
        self._kinds = _kinds_in(list(trees.values()))
        for path, tree in trees.items():
            self._path = path.relative_to(package.parent).as_posix()
            self._lines = sources[path].splitlines()
            self._spoken = path.relative_to(package).parts[0] != ENGLISH_ONLY
            if path.relative_to(package).as_posix() not in LOOKS_UP:
                for node in ast.walk(tree):
                    self._look_at(node)

    def _look_at(self, node: ast.AST) -> None:
        if isinstance(node, ast.ClassDef) and node.name in self._kinds:
            usual = _own_usual(node)
            if usual is not None:
                self._take(usual, _literal(usual.value))
        elif isinstance(node, ast.Raise):
            kind = self._kinds.get(_name(node.exc))
            if kind is not None and not kind.usual:
                self._fault(node, f"{_name(node.exc)} says nothing")
        elif isinstance(node, ast.Call):
            name = _name(node.func)
            if name == "tr_count":
                self._take(node, *map(_literal, node.args[:2]), given={"count"})
            elif name in {"tr", "Said"} or (name in self._kinds and not self._says_the_usual(node)):
                words = self._kinds[name].words if name in self._kinds else set()
                given = {str(word.arg) for word in node.keywords}
                self._take(node, *map(_literal, node.args[:1]), given=given - words)

    def _says_the_usual(self, call: ast.Call) -> bool:
        return not call.args and bool(self._kinds[_name(call.func)].usual)

    def _take(self, node: ast.stmt | ast.expr, *templates: str | None, given: set[str] | None = None) -> None:
        """Note a text, or what is wrong with it. `templates`: for one, and for many."""
        template, *more = [one or "" for one in templates] or [""]
        if not template or not all(more):
            self._fault(node, "a text is not written out")
            return
        longest = [template, *more][-1]
        for one in {template, longest}:
            if sorted(_PLACE.findall(_BRACES.sub("", one))) != sorted(placeholders(one)):
                self._fault(node, "a place for a value is misspelt, or is there twice")
        if placeholders(longest) != (given or set()):
            self._fault(node, "the places in a text and its values have other names")
        has_words = re.search(r"\w", _PLACE.sub("", _BRACES.sub("", template)))
        if self._spoken and has_words:
            many = more[0] if more else None
            self.texts.append(Text(template, many, self._path, node.lineno, self._note_above(node.lineno)))

    def _note_above(self, line: int) -> str:
        """What a comment right above a line, or above the call it is in, tells the translators."""
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

    def _fault(self, node: ast.stmt | ast.expr, what: str) -> None:
        self.faults.append(f"{self._path}:{node.lineno}: {what}")


def _name(node: ast.AST | None) -> str:
    """What is called or raised, without the module it is of."""
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _literal(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _own_usual(node: ast.ClassDef) -> ast.Assign | None:
    """The statement that gives a class its usual text."""
    assignments = (one for one in node.body if isinstance(one, ast.Assign))
    return next((one for one in assignments if _name(one.targets[0]) == "usual"), None)


def _own_words(node: ast.ClassDef) -> set[str]:
    """The arguments of a class's own that are no values."""
    makers = (one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__")
    return {word.arg for maker in makers for word in maker.args.kwonlyargs}


def _kinds_in(trees: list[ast.Module]) -> dict[str, Kind]:
    """Every class of errors that are said, by name."""
    classes = [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    kinds = {BASE: Kind()}
    for _ in classes:  # as often as there can be levels
        known = len(kinds)
        for node in classes:
            base = next((kinds[_name(one)] for one in node.bases if _name(one) in kinds), None)
            if base is not None and node.name not in kinds:
                usual = _own_usual(node)
                said = _literal(usual.value) if usual is not None else base.usual
                kinds[node.name] = Kind(said or "", base.words | _own_words(node))
        if len(kinds) == known:
            break
    return kinds
