# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import ClassVar

import pytest

from smart_lineart import nested
from smart_lineart.inking import InkError, ModelError, Rect, RuntimeMissing
from smart_lineart.inking.page.scale import MAX_SCALE
from smart_lineart.studio.engine import CachedFeatures, Earlier, Engine, EngineOptions, FeatureCache
from smart_lineart.studio.runs.jobs import FlatsWish, Job, JobQueue, JobState
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.signal import Signal
from smart_lineart.studio.steps import Pending, Work, Worker, start


class FakeLoop:
    """An event loop that a test turns by hand."""

    def __init__(self) -> None:
        self._actions: queue.Queue[Callable[[], None]] = queue.Queue()

    def later(self, milliseconds: int, action: Callable[[], None]) -> None:
        self._actions.put(action)

    def post(self, action: Callable[[], None]) -> None:
        self._actions.put(action)

    def turn_until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._actions.get(timeout=10)()


def job(sketch: str = "{s}", document: str = "d", **options: object) -> Job:
    return Job(document, sketch, "Sketch", InkSettings(), **options)  # type: ignore[arg-type]


def open_gate() -> None:
    return None


def test_work_waits_for_a_thread_and_goes_on_on_the_loop() -> None:
    loop, here = FakeLoop(), threading.get_ident()
    worker = Worker(loop, "test")
    seen = []

    def work():
        yield
        there = yield worker.submit(threading.get_ident)
        seen.append((threading.get_ident() == here, there != here))
        yield 5
        return "done"

    outcome = start(loop, work(), open_gate, seen.append)
    loop.turn_until(lambda: outcome.done)
    worker.stop()
    assert seen == [(True, True)]
    assert outcome.value == "done"


def test_an_error_on_the_thread_is_raised_where_it_is_waited_for() -> None:
    loop, failures = FakeLoop(), []
    worker = Worker(loop, "test")

    def fails() -> None:
        raise ValueError("from the thread")

    def work():
        with pytest.raises(ValueError, match="from the thread"):
            yield worker.submit(fails)
        raise KeyError("from the work")

    outcome = start(loop, work(), open_gate, failures.append)
    loop.turn_until(lambda: outcome.done)
    worker.stop()
    assert [type(error) for error in failures] == [KeyError]


def test_a_failure_is_told_before_others_go_on() -> None:
    loop, told = FakeLoop(), []

    def work():
        yield
        raise KeyError("from the work")

    outcome = start(loop, work(), open_gate, lambda _: told.append("failed"))
    outcome.when_done(lambda: told.append("over"))
    loop.turn_until(lambda: outcome.done)
    assert told == ["failed", "over"]


def test_work_has_ended_even_where_its_failure_cannot_be_told() -> None:
    loop = FakeLoop()

    def work():
        yield
        raise OSError("no room")

    def failed(_error: BaseException) -> None:
        raise RuntimeError("the docker is gone")

    outcome = start(loop, work(), open_gate, failed)
    with pytest.raises(RuntimeError, match="docker"):
        loop.turn_until(lambda: outcome.done)
    assert outcome.done
    assert isinstance(outcome.error, OSError)


def test_no_step_is_taken_once_the_gate_says_why_not_whatever_the_work_makes_of_it() -> None:
    loop, failures, seen = FakeLoop(), [], []
    closed: list[BaseException] = []

    def work():
        try:
            yield
            seen.append("first step")
            closed.append(KeyError("closed"))
            yield result("there")
            seen.append("a step too many")
        except KeyError:
            yield  # it must not go on from here either
            seen.append("another")

    outcome = start(loop, work(), lambda: closed[0] if closed else None, failures.append)
    loop.turn_until(lambda: outcome.done)
    assert seen == ["first step"]
    assert failures == closed


def test_no_step_begins_in_the_middle_of_another() -> None:
    """Krita handles events inside some of its functions."""
    loop, order = FakeLoop(), []

    def other() -> Work:
        order.append("other")
        yield

    def work() -> Work:
        with nested.call():
            order.append("in")
            for _ in range(5):
                loop._actions.get(timeout=10)()
            order.append("out")
        yield
        order.append("end")

    outcomes = [start(loop, one(), open_gate, order.append) for one in (work, other)]
    loop.turn_until(lambda: all(outcome.done for outcome in outcomes))
    assert sorted(order) == ["end", "in", "other", "out"]
    assert order[:2] == ["in", "out"]


def test_what_a_thread_gave_is_not_lost_where_a_step_had_to_wait() -> None:
    loop, given = FakeLoop(), []
    pending = Pending()

    def work() -> Work:
        given.append((yield pending))

    outcome = start(loop, work(), open_gate, given.append)
    loop._actions.get(timeout=10)()
    pending.finish("value")
    with nested.call():
        loop._actions.get(timeout=10)()
        assert given == []
    loop.turn_until(lambda: outcome.done)
    assert given == ["value"]


def test_work_whose_gate_is_shut_is_never_begun() -> None:
    loop, failures, seen = FakeLoop(), [], []

    def work():
        seen.append("begun")
        yield

    outcome = start(loop, work(), lambda: KeyError("closed"), failures.append)
    loop.turn_until(lambda: outcome.done)
    assert (seen, len(failures)) == ([], 1)


def result(value: object) -> Pending:
    pending = Pending()
    pending.finish(value)
    return pending


def test_only_the_first_result_counts() -> None:
    pending, calls = Pending(), []
    pending.when_done(lambda: calls.append(pending.value))
    pending.finish(1)
    pending.finish(2)
    assert (calls, pending.value) == ([1], 1)


def test_a_cancelled_job_stays_cancelled() -> None:
    one = job()
    heard = []
    one.changed.connect(lambda: heard.append(one.state))
    one.enter(JobState.inking)
    one.cancel()
    one.enter(JobState.finished)
    one.report(0.7)
    assert one.cancelled
    assert heard == [JobState.inking, JobState.cancelled]
    assert one.progress == 0.0


def test_a_job_that_changes_the_document_is_finished() -> None:
    one = job()
    one.enter(JobState.writing)
    one.commit()
    one.cancel()
    assert not one.cancelled
    one.enter(JobState.finished)
    assert one.state is JobState.finished


def test_a_job_that_has_more_to_do_may_be_cancelled_again() -> None:
    one = job()
    one.enter(JobState.writing)
    one.commit()
    one.reopen()
    one.cancel()
    assert one.cancelled
    assert one.state is JobState.cancelled


def test_runs_of_one_sketch_go_in_order_and_those_of_others_do_not_wait() -> None:
    runs = JobQueue()
    first, other, second = job(), job(document="e"), job()
    runs.add(first)
    first.enter(JobState.writing)  # and waits for its document to be in front
    runs.add(other)
    runs.add(second)
    assert runs.next is other
    other.enter(JobState.finished)
    assert runs.next is None
    first.cancel()
    assert runs.next is second


def test_progress_never_goes_back() -> None:
    one = job()
    for value in (0.2, 0.6, 0.4, 3.0):
        one.report(value)
    assert one.progress == 1.0
    two = job()
    two.report(0.6)
    two.report(0.4)
    assert two.progress == 0.6


def test_the_queue_runs_in_order_and_drops_what_was_asked_twice() -> None:
    runs = JobQueue()
    first, again, other, copy = job(), job(), job("{t}"), job(keep_copy=True)
    for one in (first, again, other, copy):
        runs.add(one)
    assert first.state is JobState.cancelled
    assert runs.active == [again, other, copy]
    assert runs.next is again
    again.enter(JobState.inking)
    third = job()
    runs.add(third)
    assert again.state is JobState.inking
    assert runs.next is other
    runs.cancel_all()
    assert runs.active == []


def test_of_flats_that_wait_the_newer_run_does_what_both_were_asked_for() -> None:
    runs = JobQueue()
    ink = job()
    runs.add(ink)
    for wish in (FlatsWish(0.3), FlatsWish(hints=True), FlatsWish(recolour={4: (1, 2, 3)}), FlatsWish(0.7)):
        runs.add(job(flats=wish))
    runs.add(last := job(flats=FlatsWish(), live=True))
    assert runs.active == [ink, last]
    assert last.flats == FlatsWish(0.7, hints=True, recolour={4: (1, 2, 3)})
    assert not last.live, "the artist asked for it"
    last.enter(JobState.flatting)
    runs.add(next_one := job(flats=FlatsWish(recolour={})))
    assert next_one.flats == FlatsWish(recolour={}), "what is under way is not asked for again"


LEFT, RIGHT = Rect(0, 0, 30, 40), Rect(30, 0, 30, 40)


def test_only_runs_for_the_part_that_is_selected_hear_of_a_value() -> None:
    runs, parts = JobQueue(), (LEFT, RIGHT, None)
    left, right, whole = (job(selection=part and object(), where=part) for part in parts)
    for one in (left, right, whole):
        runs.add(one)
    for part, value in zip(parts, (2.0, 4.0, 6.0), strict=True):
        assert runs.tell("d", "{s}", InkSettings(thickness=value), part)
    assert [one.settings.thickness for one in (left, right, whole)] == [2.0, 4.0, 6.0]
    assert not runs.tell("d", "{s}", InkSettings(thickness=8.0), Rect(0, 0, 5, 5))


def test_what_was_asked_for_one_part_is_not_asked_for_another() -> None:
    runs, applied = JobQueue(), InkSettings(thickness=9.0)
    runs.add(left := job(selection=object(), where=LEFT))
    assert runs.asked("d", "{s}", applied, LEFT) is left.settings
    assert runs.asked("d", "{s}", applied, RIGHT) is applied
    assert runs.asked("d", "{s}", applied, None) is applied


def test_a_part_that_waits_is_inked_whatever_is_asked_for_others() -> None:
    runs = JobQueue()
    left, right, whole, again = job(where=LEFT), job(where=RIGHT), job(), job(where=RIGHT)
    for one in (left, right, whole):
        runs.add(one)
    assert runs.active == [left, right, whole]
    runs.add(again)
    assert runs.active == [left, whole, again]


def features(size: int) -> SimpleNamespace:
    return SimpleNamespace(nbytes=size, scale=0.5)


def test_the_cache_forgets_the_oldest_first_and_keeps_the_last() -> None:
    cache = FeatureCache(limit=100)
    for name, size in (("a", 60), ("b", 30), ("c", 30)):
        cache.put(CachedFeatures("d", name, features(size), None, 0.0))  # type: ignore[arg-type]
    assert [cache.get("d", name) is not None for name in "abc"] == [False, True, True]
    cache.put(CachedFeatures("d", "huge", features(500), None, 0.0))  # type: ignore[arg-type]
    assert [cache.get("d", name) is not None for name in ("b", "c", "huge")] == [False, False, True]
    cache.keep_only(lambda document: document != "d")
    assert cache.get("d", "huge") is None


class FakeInker:
    made: ClassVar[list[dict[str, object]]] = []

    def __init__(self, **options: object):
        FakeInker.made.append(options)
        self.asked: list[float | str | None] = []
        self.closed = False
        self.runtime_name, self.device_name, self.isolated = "openvino", "cpu", True

    def prepare(self, sketch: object, *, detail: float | None = None, **_: object) -> SimpleNamespace:
        self.asked.append(detail)
        return features(1) if detail is None else SimpleNamespace(nbytes=1, scale=detail)

    def find_scale(self, sketch: object, **_: object) -> float:
        self.asked.append("scale")
        return features(1).scale

    def close(self) -> None:
        self.closed = True


def test_detail_is_relative_to_what_the_sketch_asks_for() -> None:
    engine = Engine(lambda _: None, make=FakeInker)  # type: ignore[arg-type]
    ask = lambda detail, known=None: engine.prepare(  # noqa: E731
        None, InkSettings(detail=detail), lambda _: None, lambda: False, Earlier(auto_scale=known)
    )  # type: ignore[arg-type]
    assert ask(0.0).scale == 0.5
    assert ask(1.0).scale == 1.0
    assert ask(-1.0, 0.8).scale == pytest.approx(0.4)
    assert ask(1.0, 1.7).scale == MAX_SCALE
    inker = engine.inker(engine.options)
    assert inker.asked == [None, "scale", 1.0, pytest.approx(0.4), MAX_SCALE]  # type: ignore[attr-defined]


def test_another_device_or_memory_makes_another_engine() -> None:
    FakeInker.made.clear()
    engine = Engine(lambda _: None, make=FakeInker)  # type: ignore[arg-type]
    assert engine.describe() == ""
    first = engine.inker(engine.options)
    assert engine.inker(engine.options) is first
    second = engine.inker(EngineOptions("onnxruntime", "cpu", 256))
    assert first.closed  # type: ignore[attr-defined]
    assert second is not first
    assert [made["memory_limit"] for made in FakeInker.made] == [1024 << 20, 256 << 20]
    assert engine.describe() == "openvino, cpu, in a process of its own"


@pytest.mark.parametrize("error", [ModelError("The model is damaged."), RuntimeMissing("No runtime.")])
def test_after_a_fault_of_model_or_runtime_the_next_run_looks_again(error: InkError) -> None:
    class Failing(FakeInker):
        def prepare(self, sketch: object, **_: object) -> SimpleNamespace:
            raise error

    engine = Engine(lambda _: None, make=Failing)  # type: ignore[arg-type]
    first = engine.inker(engine.options)
    with pytest.raises(type(error)):
        engine.prepare(None, InkSettings(), lambda _: None, lambda: False)  # type: ignore[arg-type]
    assert first.closed  # type: ignore[attr-defined]
    assert engine.inker(engine.options) is not first


def test_a_listener_that_left_hears_no_more_and_others_do() -> None:
    signal, heard = Signal(), []
    one, two = (lambda: heard.append(1)), (lambda: heard.append(2))
    signal.connect(one)
    signal.connect(two)
    signal.disconnect(one)
    signal.disconnect(one)
    signal.emit()
    assert heard == [2]


def test_a_worker_that_stops_finishes_what_runs_first() -> None:
    loop, done = FakeLoop(), []
    worker = Worker(loop, "test")
    worker.submit(lambda: (time.sleep(0.05), done.append(1)))
    worker.stop()
    assert done == [1]
