# SPDX-License-Identifier: GPL-3.0-or-later
"""The sketch steps back behind its first ink, and is given back with the ink's undo."""

from __future__ import annotations

from collections.abc import Iterator

import harness
import pytest


@pytest.fixture
def krita(own_krita: harness.KritaProcess) -> harness.KritaProcess:
    """The module's own Krita, without documents, with a new user's settings."""
    own_krita.run("def job():\n    yield from fresh()")
    return own_krita


SCENE = """
def layer(name="Sketch"):
    return node_named(K.activeDocument(), name)

def seen(name="Sketch"):
    node = layer(name)
    return [node.opacity(), node.visible()]

def dark(x=60, y=40, width=300, height=290):
    # How dark the canvas is over the drawing's big loop.
    document = K.activeDocument()
    return int((255 - projection(document, x, y, width, height)[..., :3].astype(int)).sum())

def step(what):
    what(K.activeDocument())
    yield 600
    yield from idle()

def buttons():
    docker()._look()
    return [name for name in ("showSketch", "fadeSketch", "hideSketch") if widget(name).isChecked()]
"""


def run(krita: harness.KritaProcess, source: str, **values: object):
    return krita.run(SCENE + source, timeout=120, **values)


def test_the_first_ink_fades_the_sketch_and_its_undo_gives_it_back(krita) -> None:
    found = run(
        krita,
        """
def job():
    document = sketch_document(600, 400, opaque=False)
    yield 400
    found = [seen()]
    sketch = dark()
    yield from ink()
    yield 400
    found += [seen(), widget("sketchLook").text()]
    inked = dark()
    for what in (undo, redo, undo):
        yield from step(what)
        shown = sketch if what is undo else inked
        found.append([*seen(), dark() == shown, len(tree(document))])
    return [found, sketch != inked]
""",
    )
    without, inked = [255, True, True, 2], [77, True, True, 3]
    assert found == [[[255, True], [77, True], "Sketch: faded", without, inked, without], True]


@pytest.mark.parametrize("kind", ["paint", "group", "pass-through"])
def test_a_sketch_faded_or_hidden_is_inked_the_same(krita, kind: str) -> None:
    """Seen anew and seen again: neither takes fading for a change."""
    found = run(
        krita,
        """
def job():
    from smart_lineart.studio.engine import Engine

    document = sketch_document(600, 400, opaque=False, thick=5)
    yield 400
    if KIND != "paint":
        layer().setName("Inside")
        group = document.createGroupLayer("Sketch")
        group.addChildNode(layer("Inside").duplicate(), None)
        group.setPassThroughMode(KIND == "pass-through")
        document.rootNode().addChildNode(group, layer("Inside"))
        layer("Inside").remove()
        document.waitForDone()
        document.setActiveNode(group)
        yield 400
    prepared, prepare = [], Engine.prepare
    Engine.prepare = lambda *rest: (prepared.append(1), prepare(*rest))[1]
    try:
        yield from ink()
        first = lineart_shape(document)
        found = [[seen(), len(prepared)]]
        for name in ("fadeSketch", "hideSketch", "showSketch"):
            widget(name).click()
            yield 400
            kept = layer("Lineart: Sketch").uniqueId()
            yield from ink()
            same = layer("Lineart: Sketch").uniqueId() == kept  # no undo step, since nothing changes
            again = lineart_shape(document) == first
            widget(name).click()
            session().context.cache._items.clear()
            layer("Lineart: Sketch").remove()
            document.waitForDone()
            yield 600
            document.setActiveNode(layer())
            layer().setVisible(name != "hideSketch")
            layer().setOpacity(60 if name == "fadeSketch" else 255)
            yield from ink()
            found.append([seen(), same, again, lineart_shape(document) == first, len(prepared)])
    finally:
        Engine.prepare = prepare
    return found
""",
        KIND=kind,
    )
    assert found == [
        [[77, True], 1],
        [[60, True], True, True, True, 2],
        [[255, False], True, True, True, 3],
        [[255, True], True, True, True, 4],
    ]


@pytest.mark.parametrize("passing", [False, True])
def test_a_group_is_inked_the_same_when_a_sketch_in_it_has_faded(krita, passing: bool) -> None:
    found = run(
        krita,
        """
def job():
    document = sketch_document(600, 400, opaque=False, thick=5, colour=(150, 150, 150))
    yield 400
    group = document.createGroupLayer("Group")
    document.rootNode().addChildNode(group, layer())
    group.addChildNode(layer().duplicate(), None)
    layer().remove()
    group.setPassThroughMode(PASSING)
    document.waitForDone()
    yield 400
    found = []
    for fades in (False, True):
        if fades:
            document.setActiveNode(layer())
            yield 400
            yield from ink()
            layer("Lineart: Sketch").setVisible(False)
            found.append(seen())
        session().context.cache._items.clear()
        document.setActiveNode(layer("Group"))
        yield 400
        yield from ink()
        found += [lineart_shape(document, "Lineart: Group"), seen()]
        layer("Lineart: Group").remove()
        document.waitForDone()
        yield 600
    return found
""",
        PASSING=passing,
    )
    first, whole, faded, again, lifted = found
    assert [whole, faded, lifted] == [[255, True], [77, True], [255, True]]
    assert first == again


def test_the_buttons_show_fade_and_hide_and_what_is_set_by_hand_stays(krita) -> None:
    found = run(
        krita,
        """
def job():
    document = sketch_document(600, 400, opaque=False)
    yield 400
    layer().setOpacity(200)
    yield from ink()
    found = [[*seen(), *buttons()]]

    def press(name):
        widget(name).click()
        yield 400
        found.append([*seen(), *buttons(), dark() > 0])

    for name in ("showSketch", "fadeSketch", "hideSketch", "fadeSketch", "hideSketch", "showSketch"):
        yield from press(name)
    yield from press("fadeSketch")
    layer().setOpacity(120)  # by hand: fainter or not is theirs to say
    found.append([*seen(), *buttons()])
    yield from press("showSketch")
    yield from press("fadeSketch")
    layer().setOpacity(230)
    found.append([*seen(), *buttons()])
    yield from press("fadeSketch")
    yield from press("showSketch")
    layer().setVisible(False)
    found.append([*seen(), *buttons()])
    return found
""",
    )
    shown, faded, hidden = (
        [200, True, "showSketch", True],
        [77, True, "fadeSketch", True],
        [77, False, "hideSketch", True],
    )
    assert found[:8] == [faded[:3], shown, faded, hidden, faded, hidden, shown, faded]
    assert found[8:11] == [[120, True, "fadeSketch"], shown, [120, True, "fadeSketch", True]]
    assert found[11:] == [
        [230, True, "showSketch"],
        [120, True, "fadeSketch", True],
        [230, True, "showSketch", True],
        [230, False, "hideSketch"],
    ]


def test_undo_gives_back_only_what_still_is_as_it_was_left(krita) -> None:
    found = run(
        krita,
        """
def job():
    document = sketch_document(600, 400, opaque=False)
    yield 400
    yield from ink()
    layer().setOpacity(140)
    yield from step(undo)
    found = [seen()]
    yield from step(redo)
    found.append(seen())
    yield from step(undo)
    layer().setOpacity(255)
    yield from ink()
    widget("hideSketch").click()
    yield 300
    found.append(seen())
    for what in (undo, redo):
        yield from step(what)
        found.append(seen())
    return found
""",
    )
    assert found == [[140, True], [140, True], [77, False], [255, True], [77, False]]


def test_a_lineart_that_is_deleted_gives_the_sketch_back_and_one_that_is_merged_does_not(krita) -> None:
    found = run(
        krita,
        """
def job():
    document = sketch_document(600, 400, opaque=False)
    yield 400
    yield from ink()
    found = [seen()]
    layer("Lineart: Sketch").remove()
    document.waitForDone()
    yield 700
    found.append(seen())
    yield from step(undo)
    found.append(seen())
    flats = document.createNode("Flats", "paintlayer")
    document.rootNode().addChildNode(flats, layer())
    document.waitForDone()
    yield 400
    layer("Lineart: Sketch").mergeDown()
    document.waitForDone()
    yield 700
    found += [seen(), "Lineart: Sketch" in tree(document)]
    return found
""",
    )
    assert found == [[77, True], [255, True], [77, True], [77, True], False]


def test_fading_can_be_turned_off(krita) -> None:
    found = run(
        krita,
        """
def job():
    document = sketch_document(600, 400, opaque=False)
    yield 400
    fades = widget("sketchMenu").menu().actions()[0]
    widget("sketchMenu").menu().aboutToShow.emit()
    found = [fades.isChecked()]
    fades.setChecked(False)
    yield from ink()
    found += [seen(), *buttons()]
    yield from step(undo)
    fades.setChecked(True)
    yield from ink()
    found.append(seen())
    return found
""",
    )
    assert found == [True, [255, True], "showSketch", [77, True]]


def test_a_sketch_that_was_shown_again_does_not_fade_at_the_next_first_ink(krita) -> None:
    found = run(
        krita,
        """
def job():
    sketch_document(600, 400, opaque=False)
    yield 400
    yield from ink()
    widget("showSketch").click()
    yield 300
    yield from step(undo)
    yield from ink()
    return seen()
""",
    )
    assert found == [255, True]


def test_under_live_a_sketch_does_not_fade_by_itself_nor_is_it_inked_anew_when_it_does(krita) -> None:
    found = run(
        krita,
        """
def calm():
    for _ in range(3):
        session().live.stir()
        yield 700
        yield from idle()

def job():
    document = sketch_document(600, 400, opaque=False)
    yield 400
    session().switch_live(True)
    yield from calm()
    found, kept = [seen()], [lineart_shape(document), layer("Lineart: Sketch").uniqueId()]
    for name in ("fadeSketch", "hideSketch", "showSketch"):
        widget(name).click()
        yield from calm()
        same = [lineart_shape(document), layer("Lineart: Sketch").uniqueId()] == kept
        found.append([*seen(), same])
    session().switch_live(False)
    return found
""",
    )
    assert found == [[255, True], [77, True, True], [77, False, True], [255, True, True]]


@pytest.mark.parametrize("form", [("RGBA", "U8"), ("GRAYA", "U16")])
def test_paper_with_nothing_beneath_fades_onto_its_own_colour(krita, form: tuple[str, str]) -> None:
    """Not onto Krita's chequers; that colour goes with the fading."""
    found = run(
        krita,
        """
def job():
    document = new_document(600, 400, *FORM)
    picture = strokes(600, 400)
    picture[(picture[..., :3] > 128).all(2)] = [210, 230, 240, 255]  # yellowish paper
    (scan,) = children(document.rootNode())
    scan.setName("Sketch")
    paint(document, scan, picture)
    document.refreshProjection()
    document.setActiveNode(scan)
    yield 500
    under = lambda: list(document.backgroundColor().getRgb())
    kind = {"U8": np.uint8, "U16": np.uint16}[FORM[1]]
    corner = lambda: np.frombuffer(bytes(document.pixelData(300, 5, 1, 1)), kind) / np.iinfo(kind).max
    before = [under(), corner()]
    alike = lambda: bool(np.abs(corner() - before[1]).max() < 0.01)
    yield from ink()
    yield 600
    found = [[seen(), under(), alike()]]

    def now():
        yield 600
        yield from idle()
        found.append([seen()[0], under()[3], alike()])

    for what in (undo, redo):
        yield from step(what)
        yield from now()
    for name in ("hideSketch", "fadeSketch", "showSketch", "fadeSketch"):
        widget(name).click()
        yield from now()
    layer().setVisible(False)  # by hand, in Krita's docker
    yield from now()
    layer().setVisible(True)
    yield from now()
    layer().remove()
    document.waitForDone()
    yield 600
    yield from idle()
    found.append(under()[3])
    yield from step(undo)
    yield 600
    found.append([seen()[0], under()[3]])
    return [before[0][3], found]
""",
        FORM=form,
    )
    clear, ((seen, under, same), *found) = found
    grey = form[0] == "GRAYA"
    paper = [[231] * 3, [240, 230, 210]][not grey]
    assert (clear, seen, under[3], same) == (0, [77, True], 255, True)
    assert all(abs(one - other) < 3 for one, other in zip(under, paper, strict=False)), under
    faded, shown, hidden = [77, 255, True], [255, 0, True], [77, 0, False]
    assert found == [shown, faded, hidden, faded, shown, faded, hidden, faded, 0, [77, 255]]


def test_a_colour_that_the_artist_puts_under_all_layers_stays(krita) -> None:
    found = run(
        krita,
        """
def job():
    document = sketch_document(600, 400, opaque=True)
    yield 400
    children(document.rootNode())[0].remove()
    document.waitForDone()
    document.setActiveNode(layer())
    yield 400
    yield from ink()
    yield 600
    found = [seen(), list(document.backgroundColor().getRgb())]
    document.setBackgroundColor(QtGui.QColor(0, 0, 255))
    yield 600
    yield from step(undo)
    return [*found, seen(), list(document.backgroundColor().getRgb())]
""",
    )
    assert found == [[77, True], [255, 255, 255, 255], [255, True], [0, 0, 255, 255]]


def test_lines_alone_in_a_document_fade_and_get_no_colour_beneath(krita) -> None:
    found = run(
        krita,
        """
def job():
    document = sketch_document(600, 400, opaque=False, thick=30)
    yield 400
    children(document.rootNode())[0].remove()
    document.waitForDone()
    document.setActiveNode(layer())
    yield 400
    yield from ink()
    yield 600
    return [seen(), document.backgroundColor().alpha(), tree(document)]
""",
    )
    assert found == [[77, True], 0, ["Sketch", "Lineart: Sketch"]]


ANIMATED = """
def animation():
    document = sketch_document(600, 400, opaque=False)
    yield 400
    layer().enableAnimation()
    yield 300
    document.setCurrentTime(5)
    yield 400
    K.action("add_duplicate_frame").trigger()
    yield 400
    return document

def key_the_opacity():
    K.action("add_scalar_keyframes").trigger()
    yield 400

def at(document, time):
    document.setCurrentTime(time)
    document.waitForDone()
    yield 400
"""


@pytest.mark.parametrize("frames", ["this", "all"])
def test_an_animation_fades_whose_opacity_is_not_animated(krita, frames: str) -> None:
    found = run(
        krita,
        ANIMATED
        + """
def job():
    document = yield from animation()
    session().frames = {"this": (5, 5), "all": (0, 5)}[FRAMES]
    found = [[time for time in range(9) if layer().hasKeyframeAtTime(time)], seen()]
    said = yield from ink()
    yield 400
    found += [seen(), said, *buttons()]
    for what in (undo, redo):
        yield from step(what)
        found.append(seen())
    for time in (0, 5):
        yield from at(document, time)
        found.append(seen())
    session().context.reveal.hold(*session().at_hand, ink=False)
    yield 300
    found.append(seen())
    session().context.reveal.glance.end()
    yield 300
    found.append(seen())
    for name in ("showSketch", "fadeSketch"):
        widget(name).click()
        yield 400
        found.append([*seen(), *buttons()])
    layer("Lineart: Sketch").remove()
    yield from at(document, 0)
    yield 400
    found.append(seen())
    found.append([len(K.documents()), document == K.activeDocument(), document.activeNode().name()])
    return found
""",
        FRAMES=frames,
    )
    whole, faded = [255, True], [77, True]
    assert found[:5] == [[0, 5], whole, faded, "", "fadeSketch"]
    assert found[5:] == [
        *(whole, faded, faded, faded, whole, faded),
        *([*whole, "showSketch"], [*faded, "fadeSketch"], whole, [1, True, "Sketch"]),
    ]


@pytest.mark.parametrize("frames", ["this", "all", "one that follows"])
def test_an_animation_whose_opacity_is_animated_is_left_and_that_is_said(krita, frames: str) -> None:
    found = run(
        krita,
        ANIMATED
        + """
def job():
    document = yield from animation()
    yield from at(document, 0)
    yield from key_the_opacity()
    yield from at(document, 5)
    session().frames = {"this": (5, 5), "all": (0, 5)}.get(FRAMES)
    said = yield from ink()
    yield 400
    found = [said, seen(), widget("fadeSketch").isEnabled()]
    session().messages.say("")
    for name in ("fadeSketch", "hideSketch", "showSketch"):
        widget(name).click()
        yield 400
        found.append([*seen(), *buttons(), session().messages.shown.text])
    for what in (undo, redo):
        yield from step(what)
    yield from at(document, 0)
    layer().setOpacity(9)  # the one keyframe there is: were there another at 5, that would stay
    yield from at(document, 5)
    return [*found, seen()]
""",
        FRAMES=frames,
    )
    said = '"Sketch" is not faded, since its opacity is animated.'
    assert found == [
        *(said, [255, True], True),
        *([255, True, "showSketch", said], [255, False, "hideSketch", said], [255, True, "showSketch", said]),
        [9, True],
    ]


def test_an_opacity_that_was_animated_since_is_left(krita) -> None:
    """Neither the undo of the ink nor a look at the sketch alone makes a keyframe."""
    found = run(
        krita,
        ANIMATED
        + """
def job():
    document = yield from animation()
    yield from ink()
    found = [seen()]
    yield from at(document, 0)
    yield from key_the_opacity()
    yield from at(document, 5)
    session().context.reveal.hold(*session().at_hand, ink=False)
    yield 300
    session().context.reveal.glance.end()
    layer("Lineart: Sketch").remove()
    document.waitForDone()
    yield 700
    found.append(seen())
    yield from at(document, 0)
    layer().setOpacity(9)
    yield from at(document, 5)
    return [*found, seen()]
""",
    )
    assert found == [[77, True], [77, True], [9, True]]


def test_every_sketch_has_its_own_and_locks_do_not_matter(krita) -> None:
    found = run(
        krita,
        """
def job():
    document = sketch_document(600, 400, opaque=False)
    yield 400
    second = document.createNode("Second", "paintlayer")
    paint(document, second, strokes(600, 400, opaque=False))
    document.rootNode().addChildNode(second, None)
    second.setLocked(True)
    document.waitForDone()
    yield 300
    found = []
    for name in ("Sketch", "Second"):
        document.setActiveNode(layer(name))
        yield 300
        yield from ink()
        found.append([seen("Sketch"), seen("Second")])
    widget("showSketch").click()
    yield 300
    found.append([seen("Sketch"), seen("Second"), second.locked()])
    for _ in range(2):
        yield from step(undo)
        found.append([seen("Sketch"), seen("Second")])
    return found
""",
    )
    whole, faded = [255, True], [77, True]
    assert found == [
        [faded, whole],
        [faded, faded],
        [faded, whole, True],
        [faded, whole],
        [whole, whole],
    ]


def test_a_saved_document_knows_what_the_sketch_goes_back_to(krita, folder_krita_sees) -> None:
    found = run(
        krita,
        """
def job():
    document = sketch_document(600, 400, opaque=False)
    yield 400
    layer().setOpacity(180)
    yield from ink()
    document.setBatchmode(True)
    document.saveAs(PATH)
    yield 500
    close_all()
    yield 400
    document = K.openDocument(PATH)
    K.activeWindow().addView(document)
    yield 800
    document.setActiveNode(layer())
    yield 500
    found = [seen(), *buttons()]
    widget("showSketch").click()
    yield 400
    return [*found, seen()]
""",
        PATH=str(folder_krita_sees() / "faded.kra"),
    )
    assert found == [[77, True], "fadeSketch", [180, True]]


# -- a look at one of the two


HOLDING = """
def job():
    document = sketch_document(600, 400, opaque=False)
    yield 400
    flats = document.createNode("Flats", "paintlayer")
    document.rootNode().addChildNode(flats, None)
    document.waitForDone()
    yield 400  # Krita soon selects it
    document.setActiveNode(layer())
    yield 300
    yield from ink()
    yield 400
    session().look()
    spot = place("compare")
    K.whole = [dark(), document.modified()]
    return [spot["x"], spot["y"]]
"""

NOW = """
def job():
    yield 700  # no run ends while a mouse button is down
    held = session().context.reveal.glance.active
    return [seen(), seen("Lineart: Sketch"), seen("Flats"), held, dark() == K.whole[0]]
"""

NORMAL = [[77, True], [255, True], [255, True], False, True]
SKETCH_ALONE = [[255, True], [255, False], [255, False], True, False]
INK_ALONE = [[77, False], [255, True], [255, True], True, False]


@pytest.fixture
def holding(krita: harness.KritaProcess) -> Iterator[tuple[int, int]]:
    """A sketch with its ink and a layer over both; where the button lies."""
    yield tuple(run(krita, HOLDING))
    krita.screen.xdotool("mouseup", 1)
    krita.screen.xdotool("keyup", "shift")


def press(krita: harness.KritaProcess, spot: tuple[int, int]) -> None:
    krita.screen.xdotool("mousemove", *spot, "sleep", 0.1, "mousedown", 1)


def test_holding_the_button_compares_and_letting_go_gives_everything_back(krita, holding) -> None:
    found = [run(krita, NOW)]
    press(krita, holding)
    found.append(run(krita, NOW))
    krita.screen.xdotool("mousemove", 400, 400)
    found.append(run(krita, NOW))
    krita.screen.xdotool("mouseup", 1)
    found.append(run(krita, NOW))
    krita.screen.xdotool("keydown", "shift")
    press(krita, holding)
    found.append(run(krita, NOW))
    krita.screen.xdotool("mouseup", 1, "keyup", "shift")
    found.append(run(krita, NOW))
    assert found == [NORMAL, SKETCH_ALONE, SKETCH_ALONE, NORMAL, INK_ALONE, NORMAL]
    undone = run(krita, "def job():\n    yield from step(undo)\n    return [seen(), seen('Flats')]")
    assert undone == [[255, True], [255, True]]


def test_comparing_lasts_while_live_and_other_runs_go_on(krita, holding) -> None:
    press(krita, holding)
    begun = """
def job():
    ours = session()
    document, pair = ours.at_hand
    K.run = ours.ink_live(document, pair.sketch)
    yield 300
    K.run.report(0.5)
"""
    run(krita, begun)
    found = [run(krita, NOW)]
    krita.screen.xdotool("mouseup", 1)
    found.append(run(krita, NOW))
    ended = run(krita, "def job():\n    yield from idle()\n    return K.run.state.value")
    run(krita, "def job():\n    widget('compare').setFocus()\n    yield 200")
    krita.screen.xdotool("keydown", "space")
    run(krita, begun)
    found.append(run(krita, NOW))
    krita.screen.xdotool("keyup", "space")
    found.append(run(krita, NOW))
    assert found == [SKETCH_ALONE, NORMAL, SKETCH_ALONE, NORMAL]
    assert ended == "finished"


@pytest.mark.parametrize("way", ["key", "run", "hidden", "other document", "never told"])
def test_whatever_ends_holding_gives_everything_back(krita, holding, way: str) -> None:
    press(krita, holding)
    held = run(krita, NOW)
    if way == "key":
        krita.screen.key("e")  # nothing opens a window, which would end it, too
    run(
        krita,
        """
def job():
    ours = session()
    if WAY == "run":
        ours.ink()
    elif WAY == "hidden":
        docker().setVisible(False)
        yield 300
        docker().setVisible(True)
    elif WAY == "other document":
        K.first = K.activeDocument()
        new_document(300, 200)
        yield 500
        show(K.first)
    elif WAY == "never told":
        widget("compare")._by = "mouse"
        widget("compare").mouseReleaseEvent = None
        from smart_lineart.krita_host import view
        K.button_down, view.button_down = view.button_down, lambda: False
        yield 300
        view.button_down = K.button_down
    yield 300
""",
        WAY=way,
    )
    found = run(krita, NOW)
    krita.screen.xdotool("mouseup", 1)
    run(
        krita,
        "def job():\n    [w.close() for w in QtWidgets.QApplication.topLevelWidgets() "
        "if isinstance(w, QtWidgets.QDialog) and w.isVisible()]\n    yield 200",
    )
    assert [held, found] == [SKETCH_ALONE, NORMAL]


def test_a_document_may_be_closed_while_the_button_is_held(krita, holding) -> None:
    press(krita, holding)
    run(krita, "def job():\n    yield 300\n    close_all()\n    yield 500")
    krita.screen.xdotool("mouseup", 1)
    told = run(
        krita,
        "def job():\n    yield 400\n    ours = session()\n"
        "    shown = widget('sketchLook').isVisible()\n"
        "    return [ours.context.reveal.glance.active, ours.messages.last_error, shown]",
    )
    assert told == [False, "", False]


# -- the thickness at the first ink


def test_the_first_ink_is_as_thick_as_suits_the_drawing_until_the_artist_says_so(krita) -> None:
    found = run(
        krita,
        """
def box():
    docker()._look()
    return [widget("thickness").text(), session().settings.auto]

def job():
    from smart_lineart.krita_host import application
    from smart_lineart.studio import preferences
    from smart_lineart.studio.settings import InkSettings

    ours, read, found = session(), application.read_setting, []
    application.read_setting = lambda key, default="": "" if key == "ink" else read(key, default)
    try:
        for size in (300, 1800):
            document = sketch_document(size, size, opaque=False)
            ours._document = None  # as after a start
            yield 400
            found.append(box())
            yield from ink()
            found.append([*box(), lineart_shape(document)["sum"] // 1000])
            before = lineart_shape(document)
            yield from ink()
            found.append(before == lineart_shape(document))
        ours.change("faint", 0.4, final=True)
        yield from idle()
        found.append(box())
        ours.change("thickness", 8.0, final=True)
        yield from idle()
        found.append(box())
        widget("settingsMenu").menu().aboutToShow.emit()
        entries = {one.objectName(): one for one in widget("settingsMenu").menu().actions()}
        entries["suitThickness"].trigger()
        yield from idle()
        found.append(box())
    finally:
        application.read_setting = read
    return found
""",
    )
    small, large = found[:3], found[3:6]
    assert [small[0], large[0]] == [["Thickness: auto", True]] * 2
    assert [small[1][:2], large[1][:2]] == [["Thickness: 1.5 px", True], ["Thickness: 3.6 px", True]]
    assert [small[2], large[2]] == [True, True]
    suits = ["Thickness: 3.6 px", True]
    assert found[6:] == [suits, ["Thickness: 8.0 px", False], suits]


def test_the_thickness_that_suits_a_drawing_is_the_same_when_its_file_is_opened_again(
    krita, folder_krita_sees
) -> None:
    found = run(
        krita,
        """
def suit():
    widget("settingsMenu").menu().aboutToShow.emit()
    entries = {one.objectName(): one for one in widget("settingsMenu").menu().actions()}
    entries["suitThickness"].trigger()
    yield from idle()
    docker()._look()
    return widget("thickness").text()

def job():
    document = new_document(1800, 1800)
    node = document.createNode("Sketch", "paintlayer")
    paint(document, node, strokes(600, 400, opaque=False), 500, 700)
    document.rootNode().addChildNode(node, None)
    document.waitForDone()
    document.setActiveNode(node)
    yield 400
    yield from ink()
    session().change("thickness", 8.0, final=True)
    yield from idle()
    found = [(yield from suit())]
    session().change("thickness", 8.0, final=True)
    yield from idle()
    document.setBatchmode(True)
    saved = document.saveAs(PATH)
    document.waitForDone()
    document.setModified(False)
    document.close()
    yield 400
    document = K.openDocument(PATH)
    K.activeWindow().addView(document)
    yield 600
    document.setActiveNode(layer())
    yield 400
    docker()._look()
    return [saved, *found, (yield from suit())]
""",
        PATH=str(folder_krita_sees() / "corner.kra"),
    )
    assert found == [True, "Thickness: 1.9 px", "Thickness: 1.9 px"]


@pytest.mark.parametrize("then", ["convert", "hide group", "merge"])
def test_the_colour_of_paper_is_known_for_ours_whatever_becomes_of_the_document(krita, then: str) -> None:
    """It goes with the fading after the document was converted, and while a group around the scan is hidden;
    it stays where lineart and scan are merged into one layer.
    """
    found = run(
        krita,
        """
def job():
    document = new_document(600, 400, "RGBA", "U8")
    picture = strokes(600, 400)
    picture[(picture[..., :3] > 128).all(2)] = [210, 230, 240, 255]  # yellowish paper
    (scan,) = children(document.rootNode())
    scan.setName("Sketch")
    paint(document, scan, picture)
    document.refreshProjection()
    document.setActiveNode(scan)
    yield 500
    alpha = lambda: document.backgroundColor().getRgb()[3]
    yield from ink()
    yield 600
    found = [alpha()]

    def now():
        document.waitForDone()
        yield 900
        yield from idle()
        found.append(alpha())

    if THEN == "convert":
        document.setColorSpace("GRAYA", "U8", "")
        yield from now()
        widget("showSketch").click()
        yield from now()
        widget("fadeSketch").click()
        yield from now()
        widget("showSketch").click()
    elif THEN == "hide group":
        group = document.createGroupLayer("Around")
        document.rootNode().addChildNode(group, None)
        document.waitForDone()
        scan, lineart = layer(), layer("Lineart: Sketch")
        for node in (scan, lineart):
            document.rootNode().removeChildNode(node)
            group.addChildNode(node, None)
        yield from now()
        group.setVisible(False)
        yield from now()
        group.setVisible(True)
    else:
        layer("Lineart: Sketch").mergeDown()
    yield from now()
    return found
""",
        THEN=then,
    )
    wanted = {"convert": [255, 255, 0, 255, 0], "hide group": [255, 255, 0, 255], "merge": [255, 255]}
    assert found == wanted[then]
