# SPDX-License-Identifier: GPL-3.0-or-later
"""Random sequences of what an artist may do while lineart is made, in a real Krita.

SMART_LINEART_LONG=1 runs hundreds; SMART_LINEART_SEED begins elsewhere than the suite always does.
"""

from __future__ import annotations

import os

import harness
import pytest

LONG = os.environ.get("SMART_LINEART_LONG") == "1"
SEED = os.environ.get("SMART_LINEART_SEED", "9")
SEQUENCES = int(os.environ.get("SMART_LINEART_SEQUENCES", "300" if LONG else "5"))
STEPS = 14
SEQUENCE = """
def job():
    from smart_lineart_driver.interleaving import Artist
    yield from fresh()
    K.artist = Artist(SEED)
    return (yield from K.artist.run(STEPS))
"""
DONE = "def job():\n    return K.artist.done"


def test_whatever_the_artist_does_meanwhile(start_krita, figures) -> None:
    krita = start_krita()
    krita.run("def job():\n    arrange()\n    yield 500")
    failures = []
    for number in range(SEQUENCES):
        seed = f"{SEED}-{number}"
        try:
            done = krita.run(SEQUENCE, timeout=180, SEED=seed, STEPS=STEPS)
            figures(f"seed {seed}: {len(done)} actions, all as it must be")
        except harness.KritaError as error:
            done = krita.run(DONE) if krita.running else "Krita ended"
            failures.append(f"seed {seed}: {done}\n{str(error)[-1500:]}")
            figures(failures[-1])
            krita.close()  # what went wrong shall not reach the next sequence
            krita = start_krita()
            krita.run("def job():\n    arrange()\n    yield 500")
    assert not failures, f"{len(failures)} of {SEQUENCES} sequences:\n" + "\n".join(failures)
    assert krita.close() == 0, krita.last_words


@pytest.mark.long
def test_undo_brings_a_lineart_back_while_the_next_is_made(krita) -> None:
    """Found by sequence 100-24: the run had decided on a new layer before, and then there were two."""
    layers, held = krita.run(
        """
def job():
    from smart_lineart.krita_host import view
    document = sketch_document(300, 200)
    yield 500
    yield from ink()
    node_named(document, "Lineart: Sketch").remove()
    document.waitForDone()
    yield 300
    document.setActiveNode(node_named(document, "Sketch"))
    yield 200
    painting, pen_is_down = view.painting, [False]
    view.painting = lambda: pen_is_down[0] or painting()
    try:
        widget("ink").click()
        job = session().queue.jobs[-1]
        def hold():  # the pen goes down as soon as the new layer is being written
            pen_is_down[0] = pen_is_down[0] or job.state.value == "writing"
        job.changed.connect(hold)
        yield from until(lambda: pen_is_down[0], 30)
        yield 1000
        before = tree(document)
        undo(document)
        yield 500
    finally:
        view.painting = painting
    yield from idle()
    return [tree(document), before]
""",
        timeout=120,
    )
    assert held == ["Background", "Sketch"]
    assert layers == ["Background", "Sketch", "Lineart: Sketch"]


def test_runs_of_a_closed_document_all_end(krita) -> None:
    """Found by sequence 700-14: the one that waited for another of its sketch waited for ever."""
    states = krita.run(
        """
def job():
    document = sketch_document(300, 200)
    yield 500
    widget("ink").click()
    yield from until(lambda: session().queue.active[0].state.value != "queued", 10)
    document.setActiveNode(node_named(document, "Sketch"))
    widget("ink").click()
    jobs = list(session().queue.jobs)
    document.setModified(False)
    document.close()
    yield from idle(20)
    return [one.state.value for one in jobs]
""",
        timeout=60,
    )
    assert states == ["failed", "failed"]


def test_older_ink_never_comes_last(krita) -> None:
    """A run waits for its document; its sketch is inked once more as soon as that is in front again."""
    apart, states = krita.run(
        """
def job():
    document = sketch_document(300, 200)
    sketch = node_named(document, "Sketch")
    yield 500
    yield from ink()
    paint(document, sketch, strokes(300, 200, thick=6))
    document.setActiveNode(sketch)
    yield 300
    widget("ink").click()
    first = session().queue.jobs[-1]
    new_document(120, 90)
    yield from until(lambda: "Go back to its document" in session().messages.shown.text, 30)
    show(document)
    paint(document, sketch, strokes(300, 200, thick=3))
    document.setActiveNode(sketch)
    widget("ink").click()
    second = session().queue.jobs[-1]
    yield from idle()
    before = bgra(node_named(document, "Lineart: Sketch"), 0, 0, 300, 200)
    yield from ink()
    after = bgra(node_named(document, "Lineart: Sketch"), 0, 0, 300, 200)
    apart = int((before != after).sum())
    return [apart, [first is not second, first.state.value, second.state.value]]
""",
        timeout=120,
    )
    assert states == [True, "finished", "finished"]
    assert apart == 0  # it had nothing to renew


@pytest.mark.parametrize("leave", ["new_document(120, 90)", "document.close()"])
def test_a_drag_ends_wherever_the_slider_is_let_go(krita, leave: str) -> None:
    """Found by sequence 2000-2: the lineart of a document that was left followed for ever."""
    busy = krita.run(
        """
def job():
    document = sketch_document(300, 200)
    yield 500
    yield from ink()
    ours = session()
    ours.change("thickness", 9.0, final=False)
    yield from until(lambda: ours.turns.drags, 5)
    yield 500
    document.setModified(False)
    exec(LEAVE)
    yield 300
    ours.change("thickness", 9.5, final=True)
    if document in K.documents():
        show(document)
    yield from until(lambda: not ours.turns.drags, 10)
    return ours.turns.busy
""",
        timeout=60,
        LEAVE=leave,
    )
    assert not busy


def test_ink_at_once_after_a_slider_waits_for_what_follows_it(krita) -> None:
    """Found by sequence 2100-63: the run met ink that was written in part and taken for the artist's own."""
    thin, meanwhile, layers, message = krita.run(
        """
def job():
    from smart_lineart.studio.runs import followed
    document = sketch_document(300, 200)
    yield 500
    session().change("thickness", 2.0, final=True)
    yield from ink()
    thin = bgra(node_named(document, "Lineart: Sketch"), 0, 0, 300, 200)
    show_ink, held = followed.refresh_when_idle, [True]
    def hold(document, **options):
        while held[0]:
            yield 20
        yield from show_ink(document, **options)
    followed.refresh_when_idle = hold
    try:
        session().change("thickness", 12.0, final=True)
        written = lambda: (bgra(node_named(document, "Lineart: Sketch"), 0, 0, 300, 200) != thin).any()
        yield from until(written, 10)
        document.setActiveNode(node_named(document, "Sketch"))
        widget("ink").click()
        job = session().queue.jobs[-1]
        yield from until(lambda: job.state.value in ("writing", "failed", "finished"), 20)
        yield 1500
        meanwhile = job.state.value
    finally:
        held[0] = False
        followed.refresh_when_idle = show_ink
    yield from idle()
    return [int((thin[..., 3] > 0).sum()), meanwhile, tree(document), session().messages.shown.text]
""",
        timeout=90,
    )
    assert thin > 0
    assert (meanwhile, message) == ("writing", "")
    assert layers == ["Background", "Sketch", "Lineart: Sketch"]


def test_a_run_that_is_being_written_is_not_half_cancelled(krita) -> None:
    """Found by round 600-0 of ten documents: a run was cancelled, and its lineart was there all the same."""
    outcomes = krita.run(
        """
def job():
    document = sketch_document(300, 200)
    yield 500
    sketch = node_named(document, "Sketch")
    blank = bgra(sketch, 0, 0, 300, 200) * 0
    def lineart():
        node = node_named(document, "Lineart: Sketch")
        return blank if node is None else bgra(node, 0, 0, 300, 200)
    outcomes = []
    for thick in (3, 6):
        paint(document, sketch, strokes(300, 200, thick=thick))
        document.setActiveNode(sketch)
        yield 200
        before = lineart()
        widget("ink").click()
        job = session().queue.jobs[-1]
        committed, commit = [], job.commit
        def commit_and_cancel():
            commit()
            committed.append(not job.state.ended)
            session().cancel(job)
        job.commit = commit_and_cancel
        yield from idle()
        outcomes.append([committed, job.state.value, bool((lineart() != before).any())])
    return outcomes
""",
        timeout=90,
    )
    assert outcomes == [[[True], "finished", True], [[True], "finished", True]]


def test_a_layer_added_while_the_lineart_is_replaced_is_not_taken_for_it(krita) -> None:
    layers, empty, changed = krita.run(
        """
def job():
    from smart_lineart.krita_host import application
    document = sketch_document(300, 200)
    yield 500
    yield from ink()
    before = bgra(node_named(document, "Lineart: Sketch"), 0, 0, 300, 200)
    trigger = application.trigger
    def add_and_trigger(name):
        added = document.createNode("Mine", "paintlayer")
        document.rootNode().addChildNode(added, node_named(document, "Background"))
        document.setActiveNode(node_named(document, "Lineart: Sketch"))
        trigger(name)
    application.trigger = add_and_trigger
    try:
        paint(document, node_named(document, "Sketch"), strokes(300, 200, thick=6))
        document.setActiveNode(node_named(document, "Sketch"))
        yield 200
        yield from ink()
    finally:
        application.trigger = trigger
    yield 500
    now = bgra(node_named(document, "Lineart: Sketch"), 0, 0, 300, 200)
    empty = not bgra(node_named(document, "Mine"), 0, 0, 300, 200).any()
    return [tree(document), empty, bool((now != before).any())]
""",
        timeout=90,
    )
    assert layers == ["Background", "Mine", "Sketch", "Lineart: Sketch"]
    assert empty
    assert changed


def test_krita_lists_its_layers_while_it_changes_them(krita) -> None:
    """Found by one of 200 re-inks: a list has a hole where a layer was taken out while Krita made it.

    So it is while Krita replaces a layer, which it does on threads of its own: twice in a hundred times where
    lists were asked for all the while. Here every list but some is such a one.
    """
    said, layers, error, back = krita.run(
        """
def job():
    import itertools
    from krita import Node
    document = sketch_document(300, 200)
    yield 500
    listed, as_it_was = Node.childNodes, vars(Node)["childNodes"]
    kinds = itertools.cycle(["hole", "whole", "missing", "whole", "whole", "twice", "whole", "whole"])
    def torn(node):
        found, kind = listed(node), next(kinds)
        if kind == "hole":
            return [*found, None]
        if kind == "missing":
            return found[:-1]
        return [*found[:1], *found] if kind == "twice" else found
    Node.childNodes = torn
    try:
        said = [(yield from ink())]
        paint(document, node_named(document, "Sketch"), strokes(300, 200, thick=6))
        document.setActiveNode(node_named(document, "Sketch"))
        yield 100
        said.append((yield from ink()))
    finally:
        Node.childNodes = as_it_was
    layers, error = tree(document), session().messages.last_error
    undo(document)
    return [said, layers, error, tree(document)]
""",
        timeout=120,
    )
    assert (said, error) == (["", ""], "")
    assert layers == back == ["Background", "Sketch", "Lineart: Sketch"]
