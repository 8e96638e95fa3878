# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is, and who may write into which lineart: pure logic, without Krita."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from smart_lineart.studio.turns import Turns

PAGE, OTHER_PAGE = "a page", "another page"


@dataclass(eq=False)
class Dragged:
    document: Any = PAGE
    sketch: str = "{s}"
    over: bool = False
    told: list[str] = field(default_factory=list)

    def want(self, settings: Any, *, final: bool) -> None:
        raise AssertionError("not told here")

    def finish(self) -> None:
        self.told.append("finish")

    def stop(self) -> None:
        self.told.append("stop")


class Same:
    """Equal to any other of its kind, as two runs of one sketch may be."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same)

    __hash__ = None  # type: ignore[assignment]


@pytest.fixture
def turns() -> Turns:
    return Turns()


def test_a_turn_is_one_s_until_they_give_it_up(turns: Turns) -> None:
    one, other = Same(), Same()
    assert not turns.taken
    assert turns.take(one)
    assert turns.take(one), "again"
    assert not turns.take(other)
    turns.give_up(other)
    assert turns.taken, "it wasn't theirs"
    turns.give_up(one)
    assert not turns.taken
    assert turns.take(other)


def test_who_waits_hears_that_a_turn_may_be_theirs_once_it_is_free(turns: Turns) -> None:
    heard: list[bool] = []
    turns.given_up.connect(lambda: heard.append(turns.taken))
    turns.take("a")
    turns.give_up("b")
    turns.give_up("a")
    assert heard == [True, False]


def test_one_at_a_time_writes_into_a_lineart(turns: Turns) -> None:
    one, other = Same(), Same()
    assert turns.take_lineart(one, PAGE, "{s}")
    assert turns.take_lineart(one, PAGE, "{s}"), "again"
    assert not turns.take_lineart(other, PAGE, "{s}")
    assert turns.take_lineart(other, PAGE, "{another}")
    assert turns.take_lineart(other, OTHER_PAGE, "{s}")
    turns.leave(one)
    assert turns.take_lineart(other, PAGE, "{s}")
    turns.leave(other)
    for place in ((PAGE, "{s}"), (PAGE, "{another}"), (OTHER_PAGE, "{s}")):
        assert turns.take_lineart(one, *place), "all that they wrote into is left"


def test_an_end_frees_turn_and_lineart_before_anybody_hears_of_it(turns: Turns) -> None:
    heard: list[str] = []
    turns.take("a run")
    turns.take_lineart("a run", PAGE, "{s}")
    turns.given_up.connect(
        lambda: heard.append(
            f"given up, free: {turns.take_lineart('next', PAGE, '{s}')} {turns.take('next')}"
        )
    )
    turns.ended.connect(lambda: heard.append("ended"))
    turns.end("a run")
    assert heard == ["given up, free: True True", "ended"]


@pytest.mark.parametrize("fails", [False, True])
def test_runs_wait_while_other_work_is_done(turns: Turns, fails: bool) -> None:
    ended: list[bool] = []
    turns.ended.connect(lambda: ended.append(turns.busy))

    def work() -> None:
        with turns.at_work(PAGE, "{s}"):
            assert turns.busy
            assert not turns.take("a run")
            assert not turns.take_lineart("a run", PAGE, "{s}")
            assert ended == []
            if fails:
                raise ZeroDivisionError

    if fails:
        with pytest.raises(ZeroDivisionError):
            work()
    else:
        work()
    assert ended == [False]
    assert turns.take("a run")
    assert turns.take_lineart("a run", PAGE, "{s}")


def test_a_drag_keeps_it_busy_and_takes_no_turn(turns: Turns) -> None:
    drag, other = Dragged(), Dragged(sketch="{another}")
    turns.join(drag)
    turns.join(other)
    assert turns.busy
    assert turns.take("a run")
    turns.give_up("a run")
    turns.take_lineart(drag, PAGE, "{s}")
    turns.leave(drag)
    assert turns.drags == [other]
    assert turns.take_lineart("a run", PAGE, "{s}")
    turns.leave(other)
    assert not turns.busy


def test_a_run_ends_the_drags_of_its_sketch_alone(turns: Turns) -> None:
    turns.drags = [
        Dragged(),
        Dragged(sketch="{another}"),
        Dragged(document=OTHER_PAGE),
        Dragged(over=True),
        Dragged(),
    ]
    turns.finish_drags(PAGE, "{s}")
    assert [drag.told for drag in turns.drags] == [["finish"], [], [], [], ["finish"]]  # type: ignore[attr-defined]
