# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of layer and every colour model that artists really select, inked in a real Krita."""

from __future__ import annotations

import os

import pytest

# Every model, every depth. Without a name Krita takes any of its YCbCr profiles, another at every start. The
# first has no black.
COLOUR_SPACES = [
    ("RGBA", "U8", ""),
    ("RGBA", "F16", ""),
    ("RGBA", "F32", "sRGB-elle-V2-srgbtrc.icc"),
    ("GRAYA", "U16", ""),
    ("CMYKA", "U8", ""),
    ("LABA", "U16", ""),
    ("XYZA", "F32", ""),
    ("YCbCrA", "U8", "ITU-R BT.709-6 YCbCr ICC V2 profile"),
]
if os.environ.get("SMART_LINEART_LONG") == "1":
    COLOUR_SPACES += [
        ("RGBA", "U16", ""),
        ("RGBA", "F32", ""),
        ("RGBA", "U16", "sRGB-elle-V2-srgbtrc.icc"),
        ("GRAYA", "U8", ""),
        ("GRAYA", "F32", ""),
        ("CMYKA", "U16", ""),
        ("CMYKA", "F32", ""),
        ("LABA", "U8", ""),
        ("LABA", "F32", ""),
        ("XYZA", "U8", ""),
        ("XYZA", "U16", ""),
        ("YCbCrA", "U16", "ITU-R BT.709-6 + BT.1886 YCbCr ICC V4 profile"),
        ("YCbCrA", "F32", "ITU-R BT.601-7 + BT.1886 YCbCr ICC V2 profile"),
    ]
INK = (160, 60, 60)
PATCHES = [
    (0, 0, 0),
    (90, 90, 90),
    (200, 200, 200),
    (160, 60, 60),
    (70, 120, 70),
    (70, 80, 140),
    (255, 255, 255),
]
LUMA = 0.2126, 0.7152, 0.0722


def test_every_colour_model_and_depth(krita) -> None:
    found = krita.run(
        """
def krita_shows(document, colour):
    \"\"\"What Krita itself makes of a colour in the document's colour space.\"\"\"
    node = document.createNode("colour", "paintlayer")
    paint(document, node, np.array([[[*colour[::-1], 255]]], np.uint8))
    return bgra(node, 0, 0, 1, 1)[0, 0, 2::-1].tolist()

def luma_read(document):
    \"\"\"The luma that the plugin reads of patches of colour, and how Krita shows them, as R, G, B.\"\"\"
    from smart_lineart.inking import Rect
    from smart_lineart.krita_host.layer import Layer
    from smart_lineart.krita_host.reading import read_sketch
    node = document.createNode("patches", "paintlayer")
    patches = np.array([[[*colour[::-1], 255] for colour in PATCHES]], np.uint8)
    paint(document, node, patches.repeat(8, 0).repeat(8, 1))
    *_, sketch = read_sketch(Layer(node), Rect(0, 0, 8 * len(PATCHES), 8))
    shown = bgra(node, 0, 0, 8 * len(PATCHES), 8)[4, 4::8, 2::-1]
    return [(255 * sketch.read_luma(0, 8))[4, 4::8].tolist(), shown.tolist()]

def job():
    from krita import ManagedColor
    results = {}
    for model, depth, profile in SPACES:
        yield from fresh()
        document = sketch_document(500, 350, model=model, depth=depth, profile=profile)
        yield 350
        session().change("colour", "black", final=True)
        sentence = yield from ink()
        node = node_named(document, "Lineart: Sketch")
        black = lineart_shape(document)
        space = [node.colorModel(), node.colorDepth(), node.colorProfile()] if node else None
        view = K.activeWindow().activeView()
        view.setForeGroundColor(ManagedColor.fromQColor(QtGui.QColor(*INK), view.canvas()))
        session().change("colour", "foreground", final=True)
        yield from idle()
        ours = session()
        results[f"{model} {depth} {profile}"] = {
            "luma": luma_read(document),
            "sentence": sentence or ours.messages.shown.text, "error": ours.messages.last_error,
            "black": black,
            "coloured": lineart_shape(document), "space": space,
            "document": [document.colorModel(), document.colorDepth(), document.colorProfile()],
            "krita": [krita_shows(document, (0, 0, 0)), krita_shows(document, INK)]}
    return results
""",
        timeout=400,
        SPACES=COLOUR_SPACES,
        INK=INK,
        PATCHES=PATCHES,
    )
    count = found["RGBA U8 "]["black"]["count"]
    wrong = {space: fault for space, result in found.items() if (fault := colour_fault(space, result, count))}
    assert not wrong, "\n".join(f"{space}: {fault}" for space, fault in wrong.items())


def colour_fault(space: str, result: dict, count: int) -> str:
    """What is wrong with the ink in a colour space, or "". `count`: inked pixels in RGB."""
    if result["sentence"] or not result["black"] or not result["coloured"]:
        return f"not inked: {result['sentence']} {result['error']}"
    if result["space"] != result["document"] or not result["document"][2].startswith(space.split(" ", 2)[2]):
        return f"the layer is {result['space']}, the document {result['document']}"
    read, shown = result["luma"]
    luma = [sum(part * share for part, share in zip(colour, LUMA, strict=True)) for colour in shown]
    if read != pytest.approx(luma, abs=1.5):
        return f"the luma of {shown} is read as {read}, and is {luma}"
    for name, krita in zip(("black", "coloured"), result["krita"], strict=True):
        ink = result[name]
        if ink["count"] != pytest.approx(count, rel=0.03):
            return f"{name}: {ink['count']} pixels are inked, {count} in RGB"
        if ink["colour"] != pytest.approx(krita, abs=3):
            return f"{name} ink is {ink['colour']}, Krita's own {krita}"
    return ""


def shadow() -> str:
    """A red drop shadow, as Krita writes layer styles."""

    def node(key: str, kind: str, value: object, more: str = "") -> str:
        return f'<node key="{key}" type="{kind}" value="{value}" {more}/>'

    def length(key: str, value: int, unit: str = "#Pxl") -> str:
        return node(key, "UnitFloat", value, f'unit="{unit}"')

    def group(name: str, key: str, *nodes: str) -> str:
        return f'<node classId="{name}" key="{key}" name="" type="Descriptor">{"".join(nodes)}</node>'

    red = [node(key, "Double", value) for key, value in (("Rd  ", 255), ("Grn ", 0), ("Bl  ", 0))]
    drop = [
        node("enab", "Boolean", 1),
        node("Md  ", "Enum", "Nrml", 'typeId="BlnM"'),
        group("RGBC", "Clr ", *red),
        length("Opct", 100, "#Prc"),
        node("uglg", "Boolean", 0),
        length("lagl", 120, "#Ang"),
        *(length(key, value) for key, value in (("Dstn", 21), ("Ckmt", 0), ("blur", 5))),
        length("Nose", 0, "#Prc"),
        *(node(key, "Boolean", value) for key, value in (("AntA", 0), ("layerConceals", 1))),
    ]
    head = length("Scl ", 100, "#Prc"), node("masterFXSwitch", "Boolean", 1)
    return f"<asl>{group('null', '', *head, group('DrSh', 'DrSh', *drop))}</asl>"


SHADOW = shadow()
KINDS = {
    "group": """
    group = document.createGroupLayer("Group")
    root.addChildNode(group, None)
    child = document.createNode("Child", "paintlayer")
    paint(document, child, strokes(500, 350, opaque=False))
    group.addChildNode(child, None)
    return group""",
    "pass-through group": """
    group = document.createGroupLayer("Group")
    root.addChildNode(group, None)
    for name, x in (("Low", 0), ("High", 12)):
        child = document.createNode(name, "paintlayer")
        paint(document, child, strokes(500, 350, opaque=False), x)
        group.addChildNode(child, None)
    group.setPassThroughMode(True)
    return group""",
    "clone": """
    source = plain(document)
    clone = document.createCloneLayer("Clone", source)
    root.addChildNode(clone, source)
    return clone""",
    "vector": """
    vector = document.createVectorLayer("Vector")
    root.addChildNode(vector, None)
    vector.addShapesFromSvg(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 84" width="120pt" height="84pt">'
        '<path d="M 20 20 L 100 60 M 20 60 L 100 20" stroke="#000000" stroke-width="1" fill="none"/></svg>')
    return vector""",
    "file": """
    import tempfile
    path = tempfile.mkdtemp() + "/sketch.png"
    picture = strokes(500, 350)
    QtGui.QImage(picture.tobytes(), 500, 350, 2000, QtGui.QImage.Format.Format_ARGB32).save(path)
    layer = document.createFileLayer("File", path, "None")
    root.addChildNode(layer, None)
    return layer""",
    "fill": """
    selection = Selection()
    selection.select(0, 0, 500, 350, 255)
    layer = document.createFillLayer("Fill", "multigrid", InfoObject(), selection)
    root.addChildNode(layer, None)
    return layer""",
    "opacity": """
    layer = plain(document)
    layer.setOpacity(80)
    return layer""",
    "layer style": """
    layer = plain(document, opaque=False)
    layer.setLayerStyleFromAsl(SHADOW)
    return layer""",
    "locked": """
    layer = plain(document)
    layer.setLocked(True)
    return layer""",
    "hidden": """
    layer = plain(document)
    layer.setVisible(False)
    return layer""",
    "hidden group": """
    group = document.createGroupLayer("Group")
    child = document.createNode("Child", "paintlayer")
    paint(document, child, strokes(500, 350, opaque=False))
    group.addChildNode(child, None)
    root.addChildNode(group, None)
    document.waitForDone()
    group.setVisible(False)
    return group""",
    "inside a group": """
    group = document.createGroupLayer("Group")
    child = document.createNode("Child", "paintlayer")
    paint(document, child, strokes(500, 350, opaque=False))
    group.addChildNode(child, None)
    root.addChildNode(group, None)
    return child""",
    "transparency mask": """
    layer = plain(document)
    mask = document.createNode("Mask", "transparencymask")
    layer.addChildNode(mask, None)
    return layer""",
    "selected mask": """
    layer = plain(document)
    mask = document.createNode("Mask", "transparencymask")
    layer.addChildNode(mask, None)
    return mask""",
    "transparent": """
    return plain(document, opaque=False)""",
    "white strokes on nothing": """
    return plain(document, opaque=False, colour=(255, 255, 255))""",
    "light on dark": """
    return plain(document, dark=False)""",
    "partly outside": """
    layer = document.createNode("Sketch", "paintlayer")
    paint(document, layer, strokes(500, 350, opaque=False), -250, -100)
    root.addChildNode(layer, None)
    return layer""",
    "wholly outside": """
    layer = document.createNode("Sketch", "paintlayer")
    paint(document, layer, strokes(200, 150, opaque=False), -290, -290)
    root.addChildNode(layer, None)
    return layer""",
}
KIND_TEST = """
def plain(document, **look):
    layer = document.createNode("Sketch", "paintlayer")
    paint(document, layer, strokes(500, 350, **look))
    document.rootNode().addChildNode(layer, None)
    return layer

def make(document, root):
BODY

def job():
    yield from fresh()
    document = new_document(500, 350)
    yield 300
    layer = make(document, document.rootNode())
    document.waitForDone()
    yield 200
    document.setActiveNode(layer)
    yield 400
    before = tree(document)
    sentence = yield from ink()
    name = "Lineart: " + (layer.parentNode().name() if layer.type() == "transparencymask" else layer.name())
    found = lineart_shape(document, name)
    order = [node.name() for node in (node_named(document, name).parentNode().childNodes() if found else [])]
    after = tree(document)
    undo(document)
    yield 200
    return {"sentence": sentence, "error": session().messages.last_error, "lineart": found, "order": order,
            "undone": tree(document) == before, "modal": modal(), "after": after, "name": name}
"""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_layer(krita, kind: str) -> None:
    body = KINDS[kind].strip("\n")
    result = krita.run(KIND_TEST.replace("BODY", body), timeout=100, SHADOW=SHADOW)
    assert result["sentence"] == "", result["error"]
    assert result["lineart"]["count"] > (300 if kind == "wholly outside" else 900), result
    assert result["undone"]
    assert result["modal"] is None
    sketch = result["name"].removeprefix("Lineart: ")
    assert result["order"].index(result["name"]) == result["order"].index(sketch) + 1
    if kind == "wholly outside":
        assert result["lineart"]["bounds"][2] < 0
        assert result["lineart"]["bounds"][3] < 0


MOVED = 30, 15
MASKS = {
    # What is paler than mid-grey becomes white.
    "filter mask": """
    everything = Selection()
    everything.select(0, 0, 500, 350, 255)
    layer.addChildNode(document.createFilterMask("Mask", K.filter("threshold"), everything), None)""",
    "transform mask": """
    mask = document.createTransformMask("Mask")
    layer.addChildNode(mask, None)
    document.waitForDone()
    if hasattr(mask, "fromXML"):  # since Krita 5.2; before, scripts can only add one that moves nothing
        import re
        moved = '<transformedCenter x="{}" y="{}" type="pointf"/>'.format(*MOVED)
        mask.fromXML(re.sub("<transformedCenter [^>]*>", moved, mask.toXML()))""",
    # Flats in the loop, as the artist's own strokes make them; before Krita 5.2 scripts cannot paint those.
    "colorize mask": """
    if not hasattr(document, "createColorizeMask"):
        K.action("add_new_colorize_mask").trigger()
        return
    from krita import ManagedColor
    mask = document.createColorizeMask("Mask")
    layer.addChildNode(mask, None)
    document.waitForDone()
    canvas = K.activeWindow().activeView().canvas()
    flat, nothing = (
        ManagedColor.fromQColor(QtGui.QColor(*rgb), canvas) for rgb in ((240, 200, 90), (0, 0, 0)))
    mask.initializeKeyStrokeColors([flat, nothing], 1)
    mask.setKeyStrokePixelData(b"\\xff" * 400, flat, 150, 150, 20, 20)
    mask.setKeyStrokePixelData(b"\\xff" * 400, nothing, 470, 10, 20, 20)
    mask.updateMask()
    mask.setEditKeyStrokes(False)
    mask.setShowOutput(True)""",
}
MASK_TEST = """
def add_mask(document, layer):
BODY

def job():
    document = sketch_document(500, 350, opaque=PAPER)
    layer = node_named(document, "Sketch")
    drawn = strokes(500, 350, opaque=PAPER)
    drawn[:, :250] = strokes(500, 350, opaque=PAPER, colour=(150, 150, 150))[:, :250]
    paint(document, layer, drawn)
    yield 500
    yield from ink()
    without = lineart_shape(document)
    document.setActiveNode(layer)
    yield 300
    add_mask(document, layer)
    document.waitForDone()
    yield 1500  # Krita shows transforms and flats a while after
    document.waitForDone()
    masks = [mask.type() for mask in owned(layer.childNodes())]
    shown = np.frombuffer(bytes(layer.projectionPixelData(150, 150, 20, 20)), np.uint8).reshape(-1, 4)
    said = yield from ink()
    return {"said": said, "without": without, "with": lineart_shape(document), "masks": masks,
            "movable": hasattr(owned(layer.childNodes())[0], "fromXML"),
            "tree": tree(document), "modal": modal(), "shown": shown.mean(0).tolist()}
"""


@pytest.mark.parametrize("kind", MASKS)
def test_what_a_mask_makes_of_the_sketch_is_inked(krita, kind: str) -> None:
    source = MASK_TEST.replace("BODY", MASKS[kind].strip("\n"))
    result = krita.run(source, timeout=100, PAPER=kind == "filter mask", MOVED=MOVED)
    assert (result["said"], result["modal"]) == ("", None)
    assert result["masks"] == [kind.replace(" ", "")]
    assert result["tree"] == ["Background", "Sketch", "Lineart: Sketch"]
    without, ink = result["without"], result["with"]
    assert without["bounds"][0] < 250 < without["bounds"][2]
    if kind == "filter mask":
        assert 250 <= ink["bounds"][0] + 6 < ink["bounds"][2] == pytest.approx(without["bounds"][2], abs=2)
    elif kind == "transform mask":
        moved = [
            side + result["movable"] * MOVED[number % 2] for number, side in enumerate(without["bounds"])
        ]
        assert ink["bounds"] == pytest.approx(moved, abs=2)
        assert ink["sum"] == pytest.approx(without["sum"], rel=0.03)
    else:
        # On a coloured flat a pencil stands out less, so that its lines come out a little thinner.
        assert ink["bounds"] == pytest.approx(without["bounds"], abs=2)
        assert ink["sum"] == pytest.approx(without["sum"], rel=0.2)


def test_what_cannot_be_inked_is_said_in_the_docker(krita) -> None:
    result = krita.run(
        """
def job():
    said = {}
    said["no document"] = yield from ink(10)
    document = new_document(300, 200)
    yield 400
    layer = document.createNode("Nothing", "paintlayer")
    document.rootNode().addChildNode(layer, None)
    yield 300
    document.setActiveNode(layer)
    yield 300
    said["empty"] = yield from ink(10)
    blank = document.createNode("Flat", "paintlayer")
    paint(document, blank, np.full((200, 300, 4), 255, np.uint8))
    document.rootNode().addChildNode(blank, None)
    yield 300
    document.setActiveNode(blank)
    yield 300
    said["blank"] = yield from ink(20)
    shown = widget("message").text()
    visible = widget("message").isVisible()
    from krita import InfoObject, Selection
    selection = Selection()
    selection.select(0, 0, 300, 200, 255)
    fill = document.createFillLayer("Fill", "color", InfoObject(), selection)
    document.rootNode().addChildNode(fill, None)
    document.waitForDone()
    yield 300
    document.setActiveNode(fill)
    yield 300
    said["fill"] = yield from ink(20)
    return [said, shown, visible, tree(document), modal()]
""",
        timeout=120,
    )
    said, shown, visible, layers, modal = result
    assert "Open a document" in said["no document"]
    assert '"Nothing" is empty' in said["empty"]
    assert '"Flat" is blank' in said["blank"]
    assert '"Fill"' in said["fill"]
    assert (shown, visible, modal) == (said["blank"], True, None)
    assert not [name for name in layers if name.startswith("Lineart")]


def test_it_is_said_where_a_sketch_has_no_lines(krita) -> None:
    said, layers = krita.run(
        """
def job():
    document = sketch_document(300, 200)
    shade = np.full((200, 300, 4), 255, np.uint8)
    shade[..., :3] = np.linspace(225, 255, 300)[:, None]
    paint(document, node_named(document, "Sketch"), shade)
    yield 400
    said = yield from ink(20)
    return [said, tree(document)]
""",
        timeout=60,
    )
    assert said.startswith('No lines were found in "Sketch"')
    assert layers == ["Background", "Sketch", "Lineart: Sketch"]


def test_ink_stays_inside_the_selection_and_the_rest_is_left_alone(krita) -> None:
    result = krita.run(
        """
def job():
    document = sketch_document(500, 350)
    yield 400
    half = Selection()
    half.select(0, 0, 250, 350, 255)
    document.setSelection(half)
    yield 200
    yield from ink()
    left = lineart_shape(document)
    other = Selection()
    other.select(250, 0, 250, 350, 255)
    document.setSelection(other)
    session().settings = session().settings.with_value("thickness", 12.0)
    yield 200
    yield from ink()
    both = lineart_shape(document)
    node = node_named(document, "Lineart: Sketch")
    halves = [shape(bgra(node, x, 0, 250, 350)) for x in (0, 250)]
    return [left, both, *halves, tree(document)]
""",
        timeout=120,
    )
    left, both, left_again, right, layers = result
    assert left["bounds"][2] <= 249
    assert left_again["sum"] == left["sum"]
    assert right["count"] > 1000
    assert both["bounds"][2] > 300
    assert layers[:3] == ["Background", "Sketch", "Lineart: Sketch"]


@pytest.mark.parametrize("dress", ["mask", "style"])
def test_renewing_a_lineart_keeps_its_mask_or_style_in_two_steps_that_are_said(krita, dress: str) -> None:
    result = krita.run(
        """
def dressed(document):
    node = node_named(document, "Lineart: Sketch")
    return [[child.name() for child in node.childNodes()], "DrSh" in node.layerStyleToAsl()]

def job():
    document = sketch_document(500, 350)
    yield 400
    yield from ink()
    node = node_named(document, "Lineart: Sketch")
    if DRESS == "mask":
        node.addChildNode(document.createNode("Mask", "transparencymask"), None)
    else:
        node.setLayerStyleFromAsl(SHADOW)
    yield 300
    before = [lineart_shape(document), dressed(document), undo_text()]
    session().settings = session().settings.with_value("thickness", 10.0)
    said = yield from ink()
    after = [lineart_shape(document), dressed(document), tree(document)]
    for _ in range(2):
        undo(document)
        yield 300
    return [said, before, after, [lineart_shape(document), dressed(document), undo_text()]]
""",
        timeout=120,
        DRESS=dress,
        SHADOW=SHADOW,
    )
    said, before, after, undone = result
    assert said.startswith('"Lineart: Sketch" has masks, a layer style or keyframes: undo twice')
    assert before[1] == ([["Mask"], False] if dress == "mask" else [[], True])
    assert after[0]["sum"] > 1.5 * before[0]["sum"]
    assert after[1:] == [before[1], ["Background", "Sketch", "Lineart: Sketch"]]
    assert undone == before
