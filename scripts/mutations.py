# SPDX-License-Identifier: GPL-3.0-or-later
"""Small faults that could be written into a Python file: one operator, number, condition or statement."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass

COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
RECKONED: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "*",
    ast.Pow: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.LShift: ">>",
    ast.RShift: "<<",
}


@dataclass(frozen=True)
class Mutation:
    """Bytes start..end of a file become `new`; `function` is the first line of the one they lie in, or 0."""

    start: int
    end: int
    new: str
    line: int
    function: int

    def applied(self, source: bytes) -> bytes:
        """The file with the fault."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def diff(self, source: bytes) -> list[str]:
        """What it changes, as lines that begin with "-" and "+"."""
        before, after = source.decode().splitlines(), self.applied(source).decode().splitlines()
        lines = difflib.unified_diff(before, after, n=0, lineterm="")
        return [line for line in lines if line[:1] in "+-" and not line.startswith(("---", "+++"))]


class _Finder(ast.NodeVisitor):
    """Collects mutations, leaving out annotations, decorators, docstrings and what only type checkers see."""

    def __init__(self, source: bytes):
        self._source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._functions = [0]
        self.found: list[Mutation] = []

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._at(node.lineno, node.col_offset), self._at(node.end_lineno, node.end_col_offset)

    def _add(self, node: ast.expr | ast.stmt, new: str, span: tuple[int, int] | None = None) -> None:
        start, end = span or self._span(node)
        self.found.append(Mutation(start, end, new, node.lineno, self._functions[-1]))

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()

    def _between(self, left: ast.expr, right: ast.expr, new: str) -> None:
        """The operator between two operands."""
        start, end = self._span(left)[1], self._span(right)[0]
        gap = self._source[start:end]
        if b"#" in gap or b"\n" in gap:
            return
        opening, closing = gap.count(b"("), gap.count(b")")
        self._add(left, ")" * closing + f" {new} " + "(" * opening, (start, end))

    # -- statements

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._functions.append(min([node.lineno, *(one.lineno for one in node.decorator_list)]))
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default)
        for statement in node.body:
            self.visit(statement)
        self._functions.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        """An assertion is for the type checker."""

    def visit_Raise(self, node: ast.Raise) -> None:
        self._add(node, "pass")

    def visit_Break(self, node: ast.Break) -> None:
        self._add(node, "continue")

    def visit_Continue(self, node: ast.Continue) -> None:
        self._add(node, "break")

    def visit_Return(self, node: ast.Return) -> None:
        # Of a truth the fault is its opposite: None in place of False is seen by the type checker alone.
        if node.value is not None and not (
            isinstance(node.value, ast.Constant) and node.value.value in (None, True, False)
        ):
            self._add(node.value, "None")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring
        if isinstance(node.value, ast.Call) and self._functions[-1]:
            self._add(node, "pass")
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if self._functions[-1] and all(
            isinstance(one, (ast.Attribute, ast.Subscript)) for one in node.targets
        ):
            self._add(node, "pass")
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._add(node, "pass")
        self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        self._negated(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._negated(node.test)
        self.generic_visit(node)

    # -- expressions

    def _negated(self, test: ast.expr) -> None:
        if not isinstance(test, (ast.Compare, ast.UnaryOp)):  # those have faults of their own
            self._add(test, f"(not ({self._text(test)}))")

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negated(node.test)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            self._between(left, right, COMPARED[type(operator)])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        text = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
        if type(node.op) in RECKONED and not text:
            self._between(node.left, node.right, RECKONED[type(node.op)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        if len(node.values) == 2:  # among more, another one would bind otherwise
            self._between(*node.values, "or" if isinstance(node.op, ast.And) else "and")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, (ast.Not, ast.USub, ast.Invert)):
            self._add(node, f"({self._text(node.operand)})")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._add(node, str(not value))
        elif isinstance(value, int):  # a large one was measured or chosen, and a little more may do as well
            self._add(node, str(value + 1 if value < 4 else value * 2))
        elif isinstance(value, float):
            self._add(node, repr(value * 2 if value else 1.0))

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "reshape":
            for length in node.args:  # numpy takes any negative number for a length that is to be found out
                if not isinstance(length, ast.UnaryOp):
                    self.visit(length)
            self.visit(node.func)
        else:
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg != "strict":  # zip's is an assertion as well
            self.visit(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Texts are for readers; the places of what is in them are not told by older Pythons."""


def mutations(source: bytes) -> Iterator[Mutation]:
    """Every fault there is for a file that still compiles with it, in the file's order."""
    finder = _Finder(source)
    finder.visit(ast.parse(source))
    for one in sorted(set(finder.found), key=lambda one: (one.start, one.end, one.new)):
        try:
            compile(one.applied(source), "mutant", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        yield one
