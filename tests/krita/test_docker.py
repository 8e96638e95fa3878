# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker itself: narrow, on sharp screens, with the keyboard, and what it keeps for the artist."""

from __future__ import annotations

from pathlib import Path

import pytest

WIDTH = 220
# The longest sentence an artist gets: it names a folder and a command, wider than any docker.
LONG = (
    "ONNX Runtime is not installed; install it with: python -m pip install --target /home/me/" + 9 * "folder/"
)
NARROW = """
from smart_lineart.studio.language.i18n import tr_count

def many():
    return tr_count("1 of your changes kept", "{count} of your changes kept", 888)

def told(fault, widget):
    return f"{fault}: {widget.objectName() or type(widget).__name__} {widget.width()} px"

def faults_of(narrow):
    faults = []
    for one in narrow.widget().findChildren(QtWidgets.QWidget):
        if not one.isVisible():
            continue
        right = one.mapTo(narrow, QtCore.QPoint(one.width(), 0)).x()
        if right > narrow.width():
            faults.append(told("out of the docker", one))
        if isinstance(one, QtWidgets.QAbstractButton) and one.width() < one.sizeHint().width():
            faults.append(told("text cut off", one))
        buttons, numbers = QtWidgets.QAbstractButton, QtWidgets.QAbstractSpinBox
        handled = isinstance(one, (buttons, numbers, QtWidgets.QComboBox))
        if handled and not one.toolTip():
            faults.append(told("no tooltip", one))
        room, needed = room_and_need(one)
        if needed > room:
            faults.append(told(f"text needs {needed} of {room} px", one))
    return faults

def room_and_need(one):
    letters = one.fontMetrics()
    if isinstance(one, QtWidgets.QDoubleSpinBox):
        ends = one.minimum(), one.maximum()
        texts = [one.prefix() + one.textFromValue(end) + one.suffix() for end in ends]
        return one.lineEdit().width(), max(letters.horizontalAdvance(text) for text in texts)
    if isinstance(one, QtWidgets.QComboBox) and one.objectName() != "device":
        option = QtWidgets.QStyleOptionComboBox()
        one.initStyleOption(option)
        style = QtWidgets.QStyle
        field = one.style().subControlRect(
            style.ComplexControl.CC_ComboBox, option, style.SubControl.SC_ComboBoxEditField, one)
        icon = one.iconSize().width() + 4 if not one.itemIcon(0).isNull() else 0
        texts = [one.itemText(index) for index in range(one.count())]
        return field.width(), icon + max(letters.horizontalAdvance(text) for text in texts)
    if isinstance(one, QtWidgets.QLabel):
        return one.width(), letters.horizontalAdvance(one.text())
    if isinstance(one, QtWidgets.QTextEdit):
        return one.viewport().width(), round(one.document().idealWidth())
    return 0, 0

def job():
    arrange()
    document = sketch_document(300, 200)
    yield 400
    yield from ink()
    session().change("unit", UNIT, final=True)
    narrow = docker()
    narrow.setFloating(True)
    narrow.setGeometry(100, 100, WIDTH, 640)
    widget("more").click()
    yield from until(lambda: widget("device").count() > 1, 60)
    widget("frames").parentWidget().setVisible(True)
    session().messages.say(LONG)
    widget("corrections").setText(many())
    yield 300
    message = widget("message")
    wrapped = 3 * message.fontMetrics().height() < message.document().size().height() <= message.height()
    found = [narrow.width(), faults_of(narrow), message.text(), wrapped]
    grab(PATH, narrow)
    narrow.setFloating(False)
    return found
"""


@pytest.mark.parametrize(("language", "unit"), [("en", "px"), ("de", "mm")])
def test_nothing_is_cut_off_in_220_pixels(start_krita, pictures: Path, language: str, unit: str) -> None:
    krita = start_krita(environment={"LANGUAGE": language})
    path = krita.home / "narrow.png"
    found = krita.run(NARROW, timeout=120, WIDTH=WIDTH, LONG=LONG, UNIT=unit, PATH=str(path))
    (pictures / f"narrow-{language}.png").write_bytes(path.read_bytes())
    assert found == [WIDTH, [], LONG, True]


EVERY_LANGUAGE = """
from smart_lineart.studio.language import i18n
from smart_lineart.ui.docker import SmartLineartDocker

made = []  # Krita's Python loses its way when one is gone

def in_words_of(language):
    assert i18n.choose_language([language]) == language
    narrow = SmartLineartDocker()
    made.append(narrow)
    narrow.setFont(docker().font())  # Krita gives its own dockers a smaller one
    narrow.setFloating(True)
    narrow.setGeometry(100, 100, WIDTH, 640)
    narrow.show()
    narrow.findChild(QtWidgets.QToolButton, "more").click()
    narrow.findChild(QtWidgets.QComboBox, "frames").parentWidget().setVisible(True)
    narrow.findChild(QtWidgets.QLabel, "corrections").setText(many())
    for _ in range(20):  # on a slow machine what was shown settles late
        yield 200
        found = [narrow.width(), faults_of(narrow)]
        if found == [WIDTH, []]:
            break
    grab(f"{FOLDER}/narrow-{language}.png", narrow)
    narrow.hide()
    return found

def job():
    document = sketch_document(300, 200)
    yield 400
    yield from ink()
    found = {}
    for language in i18n.available_languages():
        found[language] = yield from in_words_of(language)
    return found
"""


def test_no_language_is_cut_off_in_220_pixels(start_krita, pictures: Path) -> None:
    krita = start_krita()
    found = krita.run(
        NARROW.partition("def job")[0] + EVERY_LANGUAGE, timeout=200, WIDTH=WIDTH, FOLDER=str(krita.home)
    )
    for language in found:
        (pictures / f"narrow-{language}.png").write_bytes(
            (krita.home / f"narrow-{language}.png").read_bytes()
        )
    assert len(found) >= 1
    assert found == {language: [WIDTH, []] for language in found}


def test_the_docker_is_sharp_and_works_on_a_screen_of_twice_the_density(start_krita, pictures: Path) -> None:
    krita = start_krita(environment={"QT_SCALE_FACTOR": "2"})
    spot = krita.run(
        """
def job():
    document = sketch_document(300, 200)
    yield 700
    docker().setVisible(True)
    docker().setFloating(True)
    docker().setGeometry(100, 100, WIDTH, 300)
    yield 700
    session().look()
    yield 300
    return place("ink")
""",
        WIDTH=WIDTH,
    )
    krita.screen.click(2 * spot["x"], 2 * spot["y"])
    ratios, layers = krita.run(
        """
def job():
    yield from until(lambda: node_named(K.activeDocument(), "Lineart: Sketch") is not None)
    yield from idle()
    style = widget("style")
    picture = style.itemIcon(0).pixmap(style.iconSize()).width() / style.iconSize().width()
    return [[docker().devicePixelRatioF(), picture], tree(K.activeDocument())]
""",
        timeout=120,
    )
    krita.picture(pictures / "twice.png", docker_only=True)
    assert ratios == [2, 2]
    assert layers == ["Background", "Sketch", "Lineart: Sketch"]


WHEELED = ("style", "unit", "thickness", "weight", "detail", "faint")


def test_the_wheel_changes_only_what_is_in_use(krita) -> None:
    places = krita.run(
        """
def job():
    arrange()
    document = sketch_document(300, 200)
    yield 700
    return [place(name) for name in NAMES]
""",
        NAMES=WHEELED,
    )
    settings = "def job():\n    yield 300\n    return vars(session().settings)"
    before = krita.run(settings)
    for spot in places:
        krita.screen.xdotool("mousemove", spot["x"], spot["y"], "sleep", 0.05, "click", 5)
    assert krita.run(settings) == before
    spot = places[WHEELED.index("thickness")]
    krita.screen.click(spot["x"], spot["y"])  # drags it to where the mouse is
    clicked = krita.run(settings)["thickness"]
    krita.screen.xdotool("click", 5)
    assert clicked > krita.run(settings)["thickness"] > before["thickness"]


def test_tooltips_wrap(krita) -> None:
    widths = krita.run("""
def job():
    arrange()
    document = sketch_document(300, 200)
    yield 700
    widths = {}
    for one in docker().widget().findChildren(QtWidgets.QWidget):
        if not one.isVisible() or not one.toolTip():
            continue
        middle = one.rect().center()
        event = QtGui.QHelpEvent(QtCore.QEvent.Type.ToolTip, middle, one.mapToGlobal(middle))
        QtWidgets.QApplication.sendEvent(one, event)
        yield 50
        whole = QtWidgets.QApplication.topLevelWidgets()
        tips = [tip for tip in whole if tip.inherits("QTipLabel") and tip.isVisible()]
        needed = one.fontMetrics().horizontalAdvance(one.toolTip())
        widths[one.objectName()] = [max(tip.width() for tip in tips), needed]
        QtWidgets.QToolTip.hideText()
    return widths
""")
    assert {"detail", "thickness", "ink"} <= set(widths)
    assert widths["detail"][1] > 600, "long enough to need several lines"
    assert all(shown <= 480 for shown, _ in widths.values()), widths


def test_the_tab_key_goes_through_the_docker_from_top_to_bottom(krita) -> None:
    krita.run("""
def job():
    document = sketch_document(300, 200)
    yield 400
    widget("more").click()
    yield from until(lambda: widget("device").count() > 1, 60)
    session().messages.say("A sentence.")
    K.activeWindow().qwindow().activateWindow()
    widget("ink").setFocus()
    yield 300
""")
    names = []
    while len(names) < 24 and "closeMessage" not in names:
        name = "def job():\n    yield 50\n    return QtWidgets.QApplication.focusWidget().objectName()"
        names.append(krita.run(name))
        krita.screen.key("Tab")
    krita.run("def job():\n    widget('more').click()\n    session().messages.say('')")
    head, look = (
        ["ink", "pictureMenu", "live", "keepCopy", "settingsMenu"],
        ["thickness", "unit", "weight", "style", "brushMenu"],
    )
    foot = ["flats", "flatsMenu", "more", "help", "device", "memory", "copyDiagnostics", "closeMessage"]
    assert names == [*head, *look, "detail", "faint", "colour", *foot]


def test_the_keyboard_inks_and_sets_a_number(krita) -> None:
    krita.run("""
def job():
    document = sketch_document(300, 200)
    yield 500
    session().look()
    K.activeWindow().qwindow().activateWindow()
    widget("ink").setFocus()
    yield 200
""")
    krita.screen.key("space")
    krita.run("def job():\n    yield from until(lambda: lineart_shape(K.activeDocument()), 60)")
    krita.wait_idle()
    first = krita.facts()["lineart"]
    krita.run("def job():\n    widget('thickness').setFocus()\n    yield 200")
    krita.screen.key("1", "2", "Return")
    krita.run("def job():\n    yield 900\n    yield from idle()")
    assert krita.run("def job():\n    return session().settings.thickness") == 12
    assert krita.facts()["lineart"]["sum"] > 1.5 * first["sum"]


def test_thickness_in_millimetres_is_dragged(krita) -> None:
    krita.run("def job():\n    sketch_document(600, 400)\n    yield 500\n    session().look()\n    yield 200")
    krita.ink()
    first = krita.facts()["lineart"]
    krita.choose("unit", 1)
    shown = "def job():\n    box = widget('thickness')\n    return [box.text(), session().settings.thickness]"
    assert krita.run(shown) == ["Thickness: 0.34 mm", 4.0]
    assert krita.facts()["lineart"] == first, "another unit is no other thickness"
    krita.drag("thickness", 0.3, 0.5)
    krita.wait_idle()
    text, pixels = krita.run(shown)
    assert text.endswith(" mm")
    assert float(text.split()[1]) == pytest.approx(pixels * 25.4 / 300, abs=0.006)
    assert pixels > 8
    assert krita.facts()["lineart"]["sum"] > 1.5 * first["sum"]


@pytest.mark.parametrize(
    "view", ["canvas.setRotation(30)", "canvas.setMirror(True)"], ids=["turned", "mirrored"]
)
def test_lineart_follows_a_slider_on_a_canvas_that_is_turned_or_mirrored(krita, view: str) -> None:
    """What of the page is seen can't be told there, so that the whole page must follow."""
    first = krita.run(
        """
def job():
    document = sketch_document(2400, 1800, thick=7)
    yield 500
    yield from ink()
    canvas = K.activeWindow().activeView().canvas()
    canvas.setZoomLevel(4.0)
    VIEW
    yield 500
    ours, K.parts = session(), []
    original = ours.context.engine.draw
    def watched(item, settings, part=None, **more):
        K.parts.append(part is not None)
        return original(item, settings, part=part, **more)
    ours.context.engine.draw = watched
    return lineart_shape(document)
""".replace("VIEW", view),
        timeout=100,
    )
    krita.drag("thickness", 0.3, 0.6, pause=0.15)
    krita.wait_idle()
    found = krita.run(
        """
def job():
    ours, document = session(), K.activeDocument()
    del ours.context.engine.draw
    canvas = K.activeWindow().activeView().canvas()
    canvas.setRotation(0)
    canvas.setMirror(False)
    found = [lineart_shape(document)]
    undo(document)
    yield 300
    found.append(lineart_shape(document))
    redo(document)
    yield 300
    yield from ink()
    return [*found, lineart_shape(document), K.parts]
""",
        timeout=100,
    )
    dragged, undone, anew, parts = found
    assert parts
    assert not any(parts)
    assert dragged["sum"] > 1.5 * first["sum"]
    assert undone == first
    assert anew == dragged


def test_memory_is_dragged_kept_and_given_to_the_next_run(krita) -> None:
    krita.run("""
def job():
    document = sketch_document(300, 200)
    yield 400
    widget("more").click()
    yield 300
""")
    krita.drag("memory", 0.4, 0.25)
    limit, shown, kept, used = krita.run("""
def job():
    from smart_lineart.studio import preferences
    yield from ink()
    ours, engine = session(), session().context.engine
    found = [engine.options.memory, widget("memory").value(), preferences.load_engine_options().memory,
             engine.inker(engine.options)._memory_limit]
    ours.set_engine_options(memory=1024)
    widget("memory").show_value(1024)
    widget("more").click()
    return found
""")
    assert 128 < limit < 1024
    assert limit == shown == kept
    assert used == limit << 20


def test_a_new_document_begins_with_the_artists_own_a_saved_one_as_it_was_inked(krita) -> None:
    begun = krita.run(
        """
def job():
    ours = session()
    first = sketch_document(300, 200)
    yield 500
    ours.look()
    ours.change("thickness", 9.0, final=True)
    ours.change("style", "brush", final=True)
    yield from ink()
    first.saveAs(PATH)
    first.close()
    yield 400
    second = sketch_document(300, 200)
    yield 500
    ours.look()
    found = [[ours.settings.thickness, ours.settings.style]]
    ours.change("thickness", 6.0, final=True)
    ours.change("style", "pencil", final=True)
    again = K.openDocument(PATH)
    K.activeWindow().addView(again)
    yield 700
    again.setActiveNode(node_named(again, "Sketch"))
    yield 300
    ours.look()
    found.append([ours.settings.thickness, ours.settings.style])
    third = sketch_document(300, 200)
    yield 500
    ours.look()
    found.append([ours.settings.thickness, ours.settings.style])
    return found
""",
        timeout=90,
        PATH=str(krita.home / "settings.kra"),
    )
    assert begun == [[9.0, "brush"], [9.0, "brush"], [6.0, "pencil"]]


def test_a_device_that_is_not_there_gives_way_to_the_cpu_and_it_is_said(krita) -> None:
    said, layers = krita.run(
        """
def job():
    document = sketch_document(300, 200)
    yield 400
    session().set_engine_options(runtime="openvino", device="npu")
    said = yield from ink()
    session().set_engine_options(runtime="auto", device="auto")
    return [said, tree(document)]
""",
        timeout=120,
    )
    assert said.startswith("OpenVINO on the CPU is used instead of OpenVINO on the NPU: ")
    assert layers == ["Background", "Sketch", "Lineart: Sketch"]


def test_memory_running_short_means_smaller_tiles_and_a_sentence(krita) -> None:
    said, tiles, layers = krita.run(
        """
def job():
    from smart_lineart.inking.errors import OutOfMemory
    document = sketch_document(1600, 1200, thick=5)
    yield 500
    yield from ink()
    ours = session()
    network = ours.context.engine.inker(ours.context.engine.options)._network
    original, tiles = network.run, []
    def short(tile):
        tiles.append(tile.size)
        if len(tiles) == 1:
            raise OutOfMemory
        return original(tile)
    network.run = short
    paint(document, node_named(document, "Sketch"), strokes(1600, 1200, thick=9))
    said = yield from ink()
    del network.run
    return [said, tiles, tree(document)]
""",
        timeout=150,
    )
    assert said == "Memory ran short; inking goes on in smaller tiles."
    assert max(tiles[1:]) < tiles[0]
    assert layers == ["Background", "Sketch", "Lineart: Sketch"]


THEME = """
def contrast(name, size):
    \"\"\"How far an icon's pixels lie from what it stands on, in luma.\"\"\"
    one = widget(name)
    icon = one.itemIcon(0) if isinstance(one, QtWidgets.QComboBox) else one.icon()
    image = icon.pixmap(*size).toImage()
    spots = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    seen = [colour for colour in spots if colour.alpha() > 200]
    ground = one.palette().color(QtGui.QPalette.ColorRole.Button)
    return abs(sum(QtGui.qGray(colour.rgb()) for colour in seen) / len(seen) - QtGui.qGray(ground.rgb()))

ICONS = ("ink", "keepCopy", "closeMessage", "copyDiagnostics")

def look():
    ground = docker().widget().palette().color(QtGui.QPalette.ColorRole.Window)
    icons = {name: contrast(name, (16, 16)) for name in ICONS}
    return {"ground": QtGui.qGray(ground.rgb()), **icons, "style": contrast("style", (68, 18))}

def themes():
    return {action.text().replace("&", ""): action for action in K.action("theme_menu").menu().actions()}

def job():
    arrange()
    yield 500
    found = []
    for theme in ("Krita dark", "Krita bright", "Krita dark"):
        themes()[theme].trigger()
        yield 800
        found.append(look())
    return found
"""


def test_the_docker_goes_along_when_the_theme_changes(start_krita) -> None:
    dark, bright, again = start_krita().run(THEME, timeout=60)
    assert dark["ground"] < 100
    assert bright["ground"] > 180
    assert again == dark
    pale = {name: value for one in (dark, bright) for name, value in one.items() if value < 60}
    assert {name for name in pale if name != "ground"} == set(), (dark, bright)
