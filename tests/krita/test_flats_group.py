# SPDX-License-Identifier: GPL-3.0-or-later
"""Flats in a group with one layer a colour, in a real Krita: what holds for one layer holds for them."""

from __future__ import annotations

import pytest
from test_flats import HINTS, RED

GROUP = (
    HINTS
    + """
def grouped(document=None):
    document = document or (yield from hand_inked())
    session().flatting.set_layered(True)
    said = yield from flats()
    return document

def parts(document, name="Flats"):
    return [one.name() for one in children(node_named(document, name))]

def shown(document, *places):
    # What the group shows, B, G, R, A.
    node = node_named(document, "Flats")
    return [list(bytes(node.projectionPixelData(x, y, 1, 1))[:4]) for x, y in places]

def named_colour(pixel):
    blue, green, red, _ = pixel
    return f"#{red:02x}{green:02x}{blue:02x}"

def reopen(document, path, layer):
    document.saveAs(path)
    close_all()
    yield 500
    document = K.openDocument(path)
    K.activeWindow().addView(document)
    yield 800
    document.setActiveNode(node_named(document, layer))
    yield 300
    return document
"""
)


def test_a_group_with_one_layer_a_colour_is_one_step_and_shows_the_same_as_one_layer(krita) -> None:
    found = krita.run(
        GROUP
        + """
def job():
    document = yield from hand_inked()
    yield from flats()
    single = colours(node_named(document, "Flats"), *PLACES)
    document = yield from hand_inked()
    before = tree(document)
    menu = widget("flatsMenu").menu()
    menu_entry("layerAColour").trigger()
    menu.aboutToShow.emit()
    result = {"before": before, "checked": menu_entry("layerAColour").isChecked()}
    steps = steps_to_undo()
    result["said"] = yield from flats()
    yield 300
    result["steps"] = steps_to_undo() - steps
    result["single"], result["shown"] = single, shown(document, *PLACES)
    result["tree"], result["parts"] = tree(document), parts(document)
    result["named"] = [named_colour(one) for one in result["shown"][1:]]
    node = node_named(document, "Flats")
    result["active"], result["mode"] = document.activeNode().name(), node.blendingMode()
    result["each"] = [
        len(np.unique(np.frombuffer(bytes(one.pixelData(0, 0, 600, 400)), np.uint8).reshape(-1, 4), axis=0))
        for one in children(node_named(document, "Flats"))
    ]
    undo(document)
    yield 300
    result["undone"] = tree(document)
    redo(document)
    yield 300
    result["redone"] = shown(document, *PLACES)
    text = undo_text()
    result["again"] = yield from flats()
    result["no step"] = undo_text() == text
    result["error"] = session().messages.last_error
    return result
""",
        timeout=180,
    )
    assert (found["said"], found["again"], found["error"]) == ("", "", "")
    assert found["checked"]
    assert found["shown"] == found["redone"] == found["single"]
    assert sorted(found["parts"]) == sorted(found["named"])
    at = found["before"].index("Ink")
    assert found["tree"] == [*found["before"][:at], ["Flats", found["parts"]], *found["before"][at:]]
    assert (found["active"], found["mode"]) == ("Ink", "normal")
    assert found["each"] == [2, 2, 2], "a colour and nothing"
    assert found["undone"] == found["before"]
    assert found["steps"] == 1, "not one for each colour as well"
    assert found["no step"]


@pytest.mark.parametrize(
    ("model", "depth"), [("RGBA", "U16"), ("RGBA", "F32"), ("GRAYA", "U8"), ("CMYKA", "U8"), ("LABA", "U16")]
)
def test_a_group_in_every_colour_model_is_found_again(krita, model: str, depth: str) -> None:
    found = krita.run(
        GROUP
        + """
def job():
    document = yield from hand_inked(model=MODEL, depth=DEPTH)
    yield from grouped(document)
    names, undone = parts(document), undo_text()
    again = yield from flats()
    result = {"names": names, "again": again, "same": [parts(document) == names, undo_text() == undone]}
    inside = children(node_named(document, "Flats"))
    result["space"] = [[one.colorModel(), one.colorDepth()] for one in inside]
    before = [bytes(one.pixelData(450, 200, 10, 1)) for one in inside]
    paint(document, node_named(document, "Ink"), inked_layer(ink_page(shift=6)))
    document.refreshProjection()
    yield 200
    yield from flats()
    inside = children(node_named(document, "Flats"))
    result["kept"] = [bytes(one.pixelData(450, 200, 10, 1)) for one in inside] == before
    result["tree"], result["error"] = tree(document), session().messages.last_error
    return result
""",
        MODEL=model,
        DEPTH=depth,
        timeout=120,
    )
    assert (found["again"], found["error"], found["same"], found["kept"]) == ("", "", [True, True], True)
    assert found["space"] == [[model, depth]] * 3
    assert found["tree"] == ["Background", ["Flats", found["names"]], "Ink"]


def test_colours_layers_and_strokes_stay_in_a_group_over_edits_undo_and_opening_again(
    krita, folder_krita_sees
) -> None:
    found = krita.run(
        GROUP
        + """
def job():
    document = yield from grouped()
    ring, other = (next(one for one in children(node_named(document, "Flats"))
                        if bytes(one.pixelData(*at, 1, 1))[3]) for at in (RING, OTHER))
    fill(document, ring, [(RING, (200, 40, 30))])
    ring.setName("Skin")
    stroke = np.full((8, 60, 4), 255, np.uint8)
    stroke[..., 0] = 90
    paint(document, other, stroke, 420, 180)
    shade = document.createNode("Shade", "paintlayer")
    paint(document, shade, np.full((30, 30, 4), 128, np.uint8), 60, 190)
    node_named(document, "Flats").addChildNode(shade, ring)
    shade.setBlendingMode("multiply")
    document.waitForDone()
    document.refreshProjection()
    document.setActiveNode(shade)
    yield 300
    before, places = tree(document), (OUTSIDE, (50, 180), MIDDLE, OTHER, (450, 184))
    result = {"tree": before, "before": shown(document, *places), "shade": whole(shade).tobytes().hex()[:0]}
    kept = whole(shade).tobytes()
    document = yield from reopen(document, PATH, "Shade")
    paint(document, node_named(document, "Ink"), inked_layer(ink_page(shift=6)))
    document.refreshProjection()
    yield 200
    result["said"] = yield from flats()
    yield 300
    result["now"], result["tree now"] = shown(document, (41, 200), *places), tree(document)
    result["active"] = document.activeNode().name()
    result["shade"] = whole(node_named(document, "Shade")).tobytes() == kept
    undo(document)
    undo(document)
    yield 300
    result["undone"], result["tree undone"] = shown(document, *places), tree(document)
    document.setActiveNode(node_named(document, "Ink"))
    yield 300
    yield from flats()
    result["again"] = shown(document, (41, 200), *places) == result["now"]
    result["error"], result["modal"] = session().messages.last_error, modal()
    return result
""",
        PATH=str(folder_krita_sees() / "group.kra"),
        timeout=240,
    )
    assert found["said"] == '"Flats" is a group: undo twice to take the update back.'
    assert (found["error"], found["modal"]) == ("", None)
    assert found["before"][1] == RED
    assert found["before"][4] == [90, 255, 255, 255]
    outside, *rest = found["now"]
    assert outside[3] == 0, "the line has moved to the right"
    assert rest == found["before"] == found["undone"]
    assert found["tree now"] == found["tree"] == found["tree undone"]
    assert (found["active"], found["shade"]) == ("Shade", True)
    assert found["again"]


def test_hints_are_followed_in_a_group_and_a_colour_more_is_a_layer_more(krita) -> None:
    begun = krita.run(
        GROUP
        + """
def job():
    document = yield from grouped()
    menu_entry("addHints").trigger()
    yield from idle()
    yield 500
    yield from idle()
    yield from fit_view(document)
    return {"tree": tree(document), "first": shown(document, *PLACES), "active": document.activeNode().name()}
""",
        timeout=120,
    )
    assert begun["active"] == "Colour hints"
    ring = begun["first"][1]
    follow = (
        GROUP
        + """
def job():
    document = K.activeDocument()
    yield from until(lambda: shown(document, AT) == [WANTED], 10)
    yield from idle()
    yield 300
    return {"tree": tree(document), "shown": shown(document, *PLACES), "undo": undo_text(),
            "active": document.activeNode().name(), "error": session().messages.last_error}
"""
    )
    krita.paint("Colour hints", (430, 200), (450, 200), size=14, colour=tuple(ring[2::-1]))
    known = krita.run(follow, AT=(440, 200), WANTED=ring, timeout=60)
    assert known["tree"] == begun["tree"]
    assert "Flats" not in known["undo"], "the stroke is what undo takes back"
    assert known["shown"][:3] == begun["first"][:3]
    krita.paint("Colour hints", (170, 200), (190, 200), size=14, colour=(10, 20, 200))
    new = krita.run(follow, AT=(180, 200), WANTED=[200, 20, 10, 255], timeout=60)
    (_, (_, before), *_), (_, (_, after), *_) = known["tree"], new["tree"]
    assert after == [*before, "#0a14c8"]
    assert (new["active"], known["active"]) == ("Colour hints", "Colour hints")
    found = krita.run(
        GROUP
        + """
def job():
    document = K.activeDocument()
    undo(document)
    yield 500
    yield from idle()
    result = {"layer gone": shown(document, MIDDLE)[0]}
    undo(document)
    yield 500
    yield from idle()
    result["dab gone"], result["tree"] = shown(document, MIDDLE)[0], tree(document)
    redo(document)
    redo(document)
    yield 500
    yield from idle()
    result["redone"], result["error"] = shown(document, MIDDLE)[0], session().messages.last_error
    yield from flats()
    result["again"] = shown(document, MIDDLE)[0]
    return result
""",
        timeout=60,
    )
    assert found["layer gone"] == found["dab gone"] == begun["first"][2]
    assert found["tree"] == begun["tree"]
    assert found["redone"] == found["again"] == [200, 20, 10, 255]
    assert found["error"] == known["error"] == new["error"] == ""


def test_one_layer_becomes_a_group_and_a_group_one_layer_but_loses_nothing_of_the_artists(krita) -> None:
    found = krita.run(
        GROUP
        + """
def job():
    document = yield from hand_inked()
    yield from flats()
    node = node_named(document, "Flats")
    fill(document, node, [(RING, (200, 40, 30))])
    stroke = np.full((8, 60, 4), 255, np.uint8)
    stroke[..., 0] = 90
    paint(document, node, stroke, 420, 180)
    document.setActiveNode(node)
    yield 200
    places = (*PLACES, (450, 184))
    result = {"before": colours(node, *places)}
    session().flatting.set_layered(True)
    yield from idle()
    document.waitForDone()
    yield 300
    result["said"] = session().messages.shown.text
    result["group"], result["tree"] = shown(document, *places), tree(document)
    inside = children(node_named(document, "Flats"))
    other = next(one for one in inside if bytes(one.pixelData(*OTHER, 1, 1))[3])
    result["on its colour"] = colours(other, (450, 184))[0]
    shade = document.createNode("Shade", "paintlayer")
    node_named(document, "Flats").addChildNode(shade, other)
    document.waitForDone()
    yield 200
    session().flatting.set_layered(False)
    yield from idle()
    result["refused"], result["still"] = session().messages.shown.text, tree(document)
    result["checked"] = session().flatting.layered
    shade.remove()
    document.waitForDone()
    yield 200
    session().flatting.set_layered(False)
    yield from idle()
    document.waitForDone()
    yield 300
    result["single"], result["tree then"] = colours(node_named(document, "Flats"), *places), tree(document)
    undo(document)
    undo(document)
    yield 300
    result["undone"] = shown(document, *places)
    return result
""",
        timeout=180,
    )
    assert found["group"] == found["before"] == found["single"] == found["undone"]
    assert found["said"] == "Undo twice to take that back."
    background, (name, layers), ink = found["tree"]
    assert (background, name, len(layers), ink) == ("Background", "Flats", 3, "Ink")
    assert found["on its colour"] == [90, 255, 255, 255]
    assert found["refused"].startswith('There is more than flats in "Flats"')
    assert found["checked"]
    assert "Shade" in found["still"][1][1]
    assert found["tree then"] == ["Background", "Flats", "Ink"]
