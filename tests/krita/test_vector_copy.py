# SPDX-License-Identifier: GPL-3.0-or-later
"""A lineart copied into a vector layer: the same ink, one step to undo, and no long wait."""

from __future__ import annotations

import pytest

COPY = """
def vectors(document):
    return [node for node in children(document.rootNode()) if node.type() == "vectorlayer"]

def copy(as_shown=False):
    name = "copyVectorsAsShown" if as_shown else "copyVectors"
    entries = widget("sketchMenu").menu().actions()
    next(entry for entry in entries if entry.objectName() == name).trigger()
    yield from idle(240)
    yield 400  # Krita draws a vector layer a while later
    K.activeDocument().waitForDone()
    yield 200
    return session().messages.shown.text

def alpha(node):
    document = K.activeDocument()
    data = bytes(node.projectionPixelData(0, 0, document.width(), document.height()))
    return np.frombuffer(data, np.uint8).reshape(document.height(), -1, 4)[..., 3].astype(int)

def likeness(one, two):
    return float(np.minimum(one, two).sum() / np.maximum(one, two).sum())

def inked(**options):
    document = sketch_document(600, 400, **options)
    yield 300
    session().change("colour", "black", final=True)
    yield from ink()
    return document
"""


@pytest.mark.parametrize("ppi", [72.0, 300.0])
def test_a_vector_layer_shows_the_ink_and_goes_in_one_step(krita, ppi: float) -> None:
    found = krita.run(
        COPY
        + """
def job():
    document = yield from inked(ppi=PPI)
    before = tree(document)
    said = yield from copy()
    (layer,) = vectors(document)
    names = sorted(shape.name() for shape in layer.shapes())
    pixels = alpha(node_named(document, "Lineart: Sketch"))
    like, off = likeness(pixels, alpha(layer)), int((abs(pixels - alpha(layer)) > 64).sum())
    result = {"said": said, "names": names, "like": like, "off": off, "painted": int((pixels > 127).sum()),
              "tree": tree(document), "active": document.activeNode().name(), "before": before}
    undo(document)
    yield 300
    result["undone"] = tree(document)
    result["strokes"] = len(session().context.cache.get(session().at_hand[0],
        session().at_hand[1].sketch.identity).features.drawn_at(0.5))
    return result
""",
        PPI=ppi,
        timeout=120,
    )
    assert found["said"] == ""
    assert found["like"] > 0.95
    assert found["off"] < 0.02 * found["painted"]
    at = found["before"].index("Lineart: Sketch") + 1
    assert found["tree"] == [*found["before"][:at], "Vectors: Sketch", *found["before"][at:]]
    assert found["active"] == "Sketch"
    assert found["undone"] == found["before"]
    assert len(found["names"]) == found["strokes"] == len(set(found["names"]))
    assert all(name.startswith("stroke-") for name in found["names"])


def test_corrections_are_told_of_or_traced(krita) -> None:
    found = krita.run(
        COPY
        + """
def job():
    document = yield from inked()
    node = node_named(document, "Lineart: Sketch")
    node.setPixelData(bytes(200 * 400 * 4), 0, 0, 200, 400)  # the artist erases the left third
    line = np.zeros((6, 150, 4), np.uint8); line[..., 3] = 255
    node.setPixelData(line.tobytes(), 220, 30, 150, 6)
    document.refreshProjection()
    session().counting.stir()
    session().look()
    yield from until(lambda: session().context.corrections.count > 0)
    plain = yield from copy()
    traced = yield from copy(as_shown=True)
    top, below = vectors(document) if vectors(document)[0].name().endswith("2") else vectors(document)[::-1]
    pixels = alpha(node)
    return {"plain": plain, "traced": traced, "as shown": likeness(pixels, alpha(top)),
            "as inked": likeness(pixels, alpha(below)), "left": int(alpha(top)[:, :190].sum())}
""",
        timeout=120,
    )
    assert found["plain"].startswith('Your corrections are not in "Vectors: Sketch"')
    assert found["traced"] == ""
    assert found["as shown"] > 0.85
    assert found["as inked"] < found["as shown"]
    assert found["left"] == 0


def test_only_what_is_selected_is_copied_and_animations_are_refused(krita) -> None:
    found = krita.run(
        COPY
        + """
def job():
    document = yield from inked()
    chosen = Selection()
    chosen.select(0, 0, 300, 400, 255)
    document.setSelection(chosen)
    yield from copy()
    (layer,) = vectors(document)
    shown = alpha(layer)
    result = {"inside": int((shown[:, :300] > 0).sum()), "outside": int((shown[:, 306:] > 0).sum())}
    document.setSelection(None)
    node_named(document, "Sketch").enableAnimation()
    yield 200
    result["said"] = yield from copy()
    result["layers"] = len(vectors(document))
    result["modal"] = modal()
    return result
""",
        timeout=120,
    )
    assert found["inside"] > 100
    assert found["outside"] == 0
    assert found["said"] == "An animation cannot be copied as vectors: vector layers have no frames."
    assert (found["layers"], found["modal"]) == (1, None)


MANY = """
def with_strokes(count):
    # As if a page of so many strokes had been inked: curls in rows.
    from smart_lineart.inking import Strokes
    from dataclasses import replace
    document = yield from inked()
    here, pair = session().at_hand
    item = session().context.cache.get(here, pair.sketch.identity)
    turn = np.linspace(0, 4, 40)
    points = [np.stack([15 + 570 * (i % 50) / 50 + 4 * np.cos(turn + i), 15 + 370 * (i // 50) / (count / 50)
              + 4 * np.sin(turn + i)], 1).astype(np.float32) for i in range(count)]
    strokes = Strokes.from_lists(points, [np.ones(40, np.float32)] * count, [1.0] * count)
    item.features = replace(item.features, strokes=strokes, solid=None)
    return document

def watched(work):
    # The longest that the event loop waited meanwhile, in seconds.
    waits, last = [], [time.monotonic()]
    def tick():
        now = time.monotonic()
        waits.append(now - last[0])
        last[0] = now
    timer = QtCore.QTimer()
    timer.timeout.connect(tick)
    timer.start(5)
    yield from work
    timer.stop()
    return max(waits)
"""


@pytest.mark.parametrize(("count", "flat", "longest"), [(500, True, 0.3), (2000, False, 1.0)])
def test_many_strokes_do_not_hold_up_the_window(krita, count: int, flat: bool, longest: float) -> None:
    found = krita.run(
        COPY
        + MANY
        + """
def job():
    document = yield from with_strokes(COUNT)
    worst = yield from watched(copy())
    (layer,) = vectors(document)
    kinds = [shape.type() for shape in layer.shapes()]
    groups = [len(shape.children()) for shape in layer.shapes() if shape.type() == "groupshape"]
    return {"worst": worst, "shapes": len(kinds), "groups": groups}
""",
        COUNT=count,
        timeout=300,
    )
    assert found["worst"] < longest
    if flat:
        assert (found["shapes"], found["groups"]) == (count, [])
    else:
        assert max(found["groups"]) <= 50
        assert sum(found["groups"]) == count


def test_the_document_may_be_closed_in_the_middle(krita) -> None:
    found = krita.run(
        COPY
        + MANY
        + """
def job():
    for pause in (0, 20, 150):
        document = yield from with_strokes(600)
        entries = widget("sketchMenu").menu().actions()
        next(entry for entry in entries if entry.objectName() == "copyVectors").trigger()
        yield pause
        close_all()
        yield from idle(240)
        yield 300
    return {"error": session().messages.last_error, "modal": modal(), "open": len(K.documents())}
""",
        timeout=300,
    )
    assert found == {"error": "", "modal": None, "open": 0}
