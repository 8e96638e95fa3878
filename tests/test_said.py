# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said is data, a template and values, and no value, process or copy can make anything else of it."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest

from smart_lineart.bundled import DoesNotFit
from smart_lineart.cli.errors import FileError, Interrupted
from smart_lineart.inking import BadOption, Cancelled, DamagedRecord, InkError, ModelError, OutOfMemory
from smart_lineart.inking.network.runtime.worker_process import WorkerDied
from smart_lineart.said import DEEPEST, Said, SaidError, placeholders

REMEDY = Said("install it with: {command}", command="pip install x")


class TestFilling:
    def test_values_go_where_their_names_are(self) -> None:
        said = Said("{high} is more than {low}.", low=1, high=2)
        assert str(said) == "2 is more than 1."
        assert said.values == {"low": 1, "high": 2}

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (0.25, "0.25"),
            (4.0, "4"),
            (1_000_000, "1000000"),
            (Path("a/b.png"), "a/b.png"),
            ((1, 2), "(1, 2)"),
            (OSError("no such file"), "no such file"),
            ("{name} {0} {{ }} %s", "{name} {0} {{ }} %s"),
        ],
    )
    def test_whatever_a_value_is_it_is_shown_as_it_is(self, value: object, shown: str) -> None:
        assert str(Said("<{name}>", name=value)) == f"<{shown}>"

    def test_doubled_braces_are_braces(self) -> None:
        assert str(Said("{{{name}}} and {{name}}", name="x")) == "{x} and {name}"

    @pytest.mark.parametrize(
        "template", ["{name", "name}", "{}", "{0}", "{a.b}", "{a!r}", "{a:>9}", "{other}"]
    )
    def test_what_is_no_place_or_has_no_value_stays_as_it_is_written(self, template: str) -> None:
        assert str(Said(template, name="x", a="y")) == template

    def test_nothing_of_a_value_can_be_reached_from_a_template(self) -> None:
        assert str(Said("{name.__class__}", name="x")) == "{name.__class__}"

    def test_it_is_one_line(self) -> None:
        assert str(Said("one\n {name}  ", name="two\n\nthree")) == "one two three"

    def test_a_sentence_in_a_sentence_has_no_full_stop(self) -> None:
        inner = BadOption("{what} is wrong.", what="It")
        assert str(Said("{name}: {problem}.", name="x.png", problem=inner)) == "x.png: It is wrong."
        assert (
            str(Said("{name}: {problem}.", name="x.png", problem="a file named x."))
            == "x.png: a file named x.."
        )
        chinese = {"{name}: {problem}.": "{name}：{problem}。", "{what} is wrong.": "{what}有误。"}
        said = Said("{name}: {problem}.", name="x.png", problem=inner)
        assert said.filled(lambda english: chinese[english]) == "x.png：It有误。"

    def test_the_wording_of_every_template_can_be_another(self) -> None:
        said = Said("not there; {remedy}.", remedy=REMEDY)
        assert said.filled(str.upper) == "NOT THERE; {REMEDY}."  # names are of lower case
        german = {"not there; {remedy}.": "fehlt; {remedy}.", REMEDY.template: "hole es mit: {command}"}
        assert said.filled(german.__getitem__) == "fehlt; hole es mit: pip install x."

    def test_the_names_of_places_are_told(self) -> None:
        assert placeholders("{a} {b_c} {{d}} {0} {E}") == {"a", "b_c"}


class TestErrors:
    def test_an_error_has_its_template_and_values(self) -> None:
        error = BadOption("Faint must lie between 0 and 1, not {given}.", given=2.5)
        assert (error.template, error.values) == (
            "Faint must lie between 0 and 1, not {given}.",
            {"given": 2.5},
        )
        assert str(error) == "Faint must lie between 0 and 1, not 2.5."

    @pytest.mark.parametrize("kind", [OutOfMemory, Cancelled, DamagedRecord, Interrupted])
    def test_some_errors_mostly_say_the_same(self, kind: type[SaidError]) -> None:
        assert kind().template == str(kind()) == kind.usual != ""
        assert str(kind("Something {what}.", what="else")) == "Something else."

    def test_an_error_says_what_was_said_elsewhere(self) -> None:
        cause = ModelError("{file} is gone; {remedy}.", file="x", remedy=REMEDY)
        error = FileError.saying(cause.said)
        assert (type(error), error.said, str(error)) == (FileError, cause.said, str(cause))

    @pytest.mark.parametrize(
        "error",
        [
            InkError("{file} is {{gone}}; {remedy}.", file="{a}{{", remedy=REMEDY),
            OutOfMemory(),
            DoesNotFit("This is for {other}.", other="windows"),
            WorkerDied("ended by {signal}", signal="SIGSEGV", killed=True, hung=True),
        ],
        ids=lambda error: type(error).__name__,
    )
    @pytest.mark.parametrize(
        "again",
        [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))],
        ids=["copy", "deepcopy", "pickle"],
    )
    def test_copies_are_the_same_error(self, error: SaidError, again) -> None:
        error.added = "later"  # type: ignore[attr-defined]
        other = again(error)
        assert type(other) is type(error)
        assert (other.said, str(other), other.args) == (error.said, str(error), error.args)
        assert vars(other) == vars(error)

    def test_what_is_said_can_be_told_apart(self) -> None:
        assert Said("{a}", a=1) == Said("{a}", a=1) != Said("{a}", a=2)
        assert len({Said("{a}", a=1), Said("{a}", a=1), Said("{a}", a=2)}) == 2


class TestData:
    def test_json_carries_it(self) -> None:
        said = Said("{one}, {two} and {three}: {remedy}.", one=1, two=2.5, three="drei {two}", remedy=REMEDY)
        again = Said.from_data(json.loads(json.dumps(said.to_data())))
        assert again == said
        assert [type(value) for value in again.values.values()] == [int, float, str, Said]

    @pytest.mark.parametrize(
        "data",
        [
            None,
            "a sentence",
            ["template"],
            {},
            {"template": "x"},
            {"template": "x", "values": {}, "more": 1},
            {"template": 1, "values": {}},
            {"template": "x", "values": []},
            {"template": "{a}", "values": {}},
            {"template": "x", "values": {"a": 1}},
            {"template": "{a}{a}", "values": {"a": 1}},
            {"template": "{a}", "values": {"a": None}},
            {"template": "{a}", "values": {"a": ["x"]}},
            {"template": "{a}", "values": {"a": {"template": "x"}}},
            {"template": "{a.b}", "values": {"a.b": 1}},
        ],
    )
    def test_other_shapes_are_refused(self, data: object) -> None:
        with pytest.raises(ValueError, match=r"words|values"):
            Said.from_data(data)

    def test_no_more_is_shown_than_was_sent(self) -> None:
        """A place that could be used twice would double what is within, level for level."""
        data: object = "x" * 1000
        for _ in range(DEEPEST):
            data = {"template": "{a}", "values": {"a": data}}
        assert str(Said.from_data(data)) == "x" * 1000
        with pytest.raises(ValueError, match="words"):
            Said.from_data({"template": "{a}", "values": {"a": data}})

    def test_nothing_in_it_steers_a_terminal(self) -> None:
        said = Said.from_data({"template": "a\x1b[2J{b}", "values": {"b": "c\r\n\x07\u202ed"}})
        assert str(said) == "a [2Jc d"
