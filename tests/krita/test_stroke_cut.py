# SPDX-License-Identifier: GPL-3.0-or-later
"""The stroke under the pen removed, or trimmed to its crossings: one step, and it stays away."""

from __future__ import annotations

CUT = """
def crossed():
    # A level line that two upright ones cross.
    document = new_document(600, 400, ppi=72.0)
    node = document.createNode("Sketch", "paintlayer")
    image = np.full((400, 600, 4), 255, np.uint8)
    image[198:202, 60:540, :3] = 40
    for x in (200, 400):
        image[60:340, x - 2 : x + 2, :3] = 40
    paint(document, node, image)
    document.rootNode().addChildNode(node, children(document.rootNode())[-1])
    document.waitForDone()
    document.setActiveNode(node)
    yield 300
    session().change("colour", "black", final=True)
    session().change("thickness", 4.0, final=True)
    yield from ink()
    yield from fit_view(document)
    return document

def lengths(document):
    # How many px of each stretch of the three lines are inked.
    data = bytes(node_named(document, "Lineart: Sketch").pixelData(0, 0, 600, 400))
    ink = np.frombuffer(data, np.uint8).reshape(400, 600, 4)[..., 3] > 127
    level = ink[196:204].any(0)
    return {"left": int(level[70:190].sum()), "middle": int(level[210:390].sum()),
            "right": int(level[410:530].sum()), "first": int(ink[70:190, 195:206].any(1).sum()),
            "first below": int(ink[210:330, 195:206].any(1).sum()),
            "second": int(ink[70:190, 395:406].any(1).sum())}

def act(name):
    K.action(name).trigger()
    yield from idle(120)
    K.activeDocument().waitForDone()
    yield 300
    return session().messages.shown.text
"""


def put_pen(krita, x: int, y: int) -> None:
    spot = krita.run("def job():\n    return on_screen(K.activeDocument(), X, Y)", X=x, Y=y)
    krita.screen.xdotool("mousemove", *spot, "sleep", 0.1)


def test_a_stroke_is_trimmed_to_its_crossings_and_stays_away(krita) -> None:
    whole = krita.run(
        CUT + "\ndef job():\n    document = yield from crossed()\n    return lengths(document)", timeout=200
    )
    assert whole["middle"] == 180
    put_pen(krita, 300, 203)
    found = krita.run(
        CUT
        + """
def job():
    document = K.activeDocument()
    active = document.activeNode().name()
    result = {"said": (yield from act("smart_lineart_trim_stroke")), "cut": lengths(document),
              "names": tree(document), "undo": undo_text(), "stays": active == document.activeNode().name()}
    undo(document)
    yield 300
    result["undone"] = lengths(document)
    redo(document)
    yield 300
    session().change("thickness", 6.0, final=True)
    yield from idle()
    yield from ink()
    result["again"] = lengths(document)
    result["error"] = session().messages.last_error
    return result
""",
        timeout=300,
    )
    assert (found["said"], found["error"]) == ("", "")
    assert found["cut"] == {**whole, "middle": 0}
    assert found["undone"] == whole
    assert found["again"]["middle"] == 0
    assert {**found["again"], "middle": 0} == {**whole, "middle": 0}
    assert "Trim stroke" in found["undo"]
    assert found["names"] == ["Background", "Sketch", "Lineart: Sketch"]
    assert found["stays"]


def test_a_whole_stroke_is_removed_and_what_it_crossed_stays(krita) -> None:
    whole = krita.run(
        CUT + "\ndef job():\n    document = yield from crossed()\n    return lengths(document)", timeout=200
    )
    put_pen(krita, 197, 100)
    found = krita.run(
        CUT
        + """
def job():
    document = K.activeDocument()
    result = {"said": (yield from act("smart_lineart_remove_stroke")), "cut": lengths(document)}
    result["nothing"] = yield from act("smart_lineart_remove_stroke")
    result["same"] = lengths(document)
    yield from ink()
    result["again"] = lengths(document)
    return result
""",
        timeout=300,
    )
    assert found["said"] == ""
    gone = {"first": 0, "first below": 0}
    assert found["cut"] == {**whole, **gone}
    assert found["nothing"] == "There is no stroke under the pen."
    assert found["same"] == found["cut"]
    assert found["again"] == found["cut"]


def test_beside_the_lines_and_beside_the_canvas_it_is_said(krita) -> None:
    krita.run(CUT + "\ndef job():\n    yield from crossed()", timeout=200)
    put_pen(krita, 300, 330)
    beside = krita.run(
        CUT + "\ndef job():\n    return (yield from act('smart_lineart_trim_stroke'))", timeout=100
    )
    krita.screen.xdotool("mousemove", 5, 5, "sleep", 0.1)
    off = krita.run(
        CUT + "\ndef job():\n    return (yield from act('smart_lineart_trim_stroke'))", timeout=100
    )
    assert beside == "There is no stroke under the pen."
    assert off.startswith("Hold the pen over a line on the canvas")
