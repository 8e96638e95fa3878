# SPDX-License-Identifier: GPL-3.0-or-later
"""A Krita of a few hundred lines: enough for the plugin to write into its documents, and strict.

What belongs to a document that was closed raises `TouchedAfterClosing` when it is used, where the real one
ends. Layers are 8-bit arrays of B, G, R, A as large as their document.
"""

# ruff: noqa: N802, N815 (Krita's names)
from __future__ import annotations

import itertools
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

NO_BUTTON = 0


class TouchedAfterClosing(AssertionError):
    """In the real Krita: SIGSEGV."""


class App:
    """What `Krita.instance()` gives."""

    def __init__(self) -> None:
        self.open: list[FakeDocument] = []
        self.active: FakeDocument | None = None
        self.settings: dict[str, str] = {}
        self.touched: list[str] = []
        self.meanwhile: Callable[[FakeDocument], None] = lambda _: None  # what events bring as Krita composes
        self.actions = {
            "convert_to_paint_layer": Action(self._convert),
            "edit_undo": Action(),
            "edit_redo": Action(),
        }

    def documents(self) -> list[FakeDocument]:
        return list(self.open)

    def activeDocument(self) -> FakeDocument | None:
        return self.active

    def activeWindow(self) -> None:
        return None

    def action(self, name: str) -> Action:
        return self.actions[name]

    def krita_i18nc(self, _context: str, text: str) -> str:
        return text

    def readSetting(self, _group: str, key: str, default: str) -> str:
        return self.settings.get(key, default)

    def writeSetting(self, _group: str, key: str, value: str) -> None:
        self.settings[key] = value

    def getAppDataLocation(self) -> str:
        return "/nonexistent"

    def createDocument(self, width: int, height: int, *_: Any) -> FakeDocument:
        document = FakeDocument(self, width, height)
        self.open.append(document)
        return document

    def _convert(self) -> None:
        assert self.active is not None
        assert self.active.activeNode() is not None
        layer = self.active.activeNode()
        assert not layer.locked(), "Krita converts no locked layer"
        copy = layer.duplicate()
        # Krita forgets these.
        copy.look.update(alphaLocked=False, inheritAlpha=False, colorLabel=0, visible=True, locked=False)
        copy.keys = {}  # and keeps the frame shown alone
        parent = layer.parent
        parent.nodes[parent.nodes.index(layer)] = copy
        copy.parent, layer.parent = parent, None
        self.active.active = copy


class Action:
    def __init__(self, do: Callable[[], None] = lambda: None):
        self.trigger = do
        self.triggered = SimpleNamespace(connect=lambda _: None)
        self.properties: dict[str, Any] = {}

    def property(self, name: str) -> Any:
        return self.properties.get(name)

    def setProperty(self, name: str, value: Any) -> None:
        self.properties[name] = value

    def text(self) -> str:
        return ""

    def iconText(self) -> str:
        return ""

    def isEnabled(self) -> bool:
        return True

    def setEnabled(self, _enabled: bool) -> None:
        pass


class Owned:
    """Something of a document, which is asked at every use whether that is still open."""

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name not in ("document", "app", "touch", "close"):
            object.__getattribute__(self, "touch")(name)
        return object.__getattribute__(self, name)


class FakeDocument(Owned):
    def __init__(self, app: App, width: int, height: int):
        self.app = app
        self.size = width, height
        self.notes: dict[str, bytes] = {}
        self.shown = 0
        self.root = FakeNode(self, "root", "grouplayer")
        self.active: FakeNode | None = None
        self.closed = False
        self.chosen: Any = None
        self.times: list[int] = []

    def touch(self, name: str) -> None:
        values = object.__getattribute__(self, "__dict__")
        if values.get("closed"):
            values["app"].touched.append(f"document.{name}")
            raise TouchedAfterClosing(f"document.{name}")

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = None  # type: ignore[assignment]

    def close(self) -> None:
        app = self.app
        app.open = [one for one in app.open if one is not self]
        app.active = None if app.active is self else app.active
        self.closed = True

    def name(self) -> str:
        return "page"

    def width(self) -> int:
        return self.size[0]

    def height(self) -> int:
        return self.size[1]

    def resolution(self) -> float:
        return 300.0

    def backgroundColor(self) -> Any:
        return SimpleNamespace(getRgb=lambda: (255, 255, 255, 0))

    colorModel = lambda self: "RGBA"  # noqa: E731
    colorDepth = lambda self: "U8"  # noqa: E731
    colorProfile = lambda self: "sRGB-elle-V2-srgbtrc.icc"  # noqa: E731

    def activeNode(self) -> Any:
        return self.active

    def setActiveNode(self, node: Any) -> None:
        self.active = node

    def rootNode(self) -> Any:
        return self.root

    def createNode(self, name: str, kind: str) -> Any:
        return FakeNode(self, name, kind)

    def createGroupLayer(self, name: str) -> Any:
        return FakeNode(self, name, "grouplayer")

    def createVectorLayer(self, name: str) -> Any:
        return FakeNode(self, name, "vectorlayer")

    def refreshProjection(self) -> None:
        self.app.meanwhile(self)

    def tryBarrierLock(self) -> bool:
        return True

    def unlock(self) -> None:
        pass

    def selection(self) -> Any:
        return self.chosen

    def currentTime(self) -> int:
        return self.shown

    def waitForDone(self) -> None:
        self.app.meanwhile(self)

    def setCurrentTime(self, time: int) -> None:
        self.shown = time
        self.times.append(time)

    def fullClipRangeStartTime(self) -> int:
        return 0

    def fullClipRangeEndTime(self) -> int:
        return 12

    def animationLength(self) -> int:
        return 12

    def annotationTypes(self) -> list[str]:
        return list(self.notes)

    def annotation(self, key: str) -> Any:
        data = self.notes[key]
        return SimpleNamespace(left=lambda most: data[:most])

    def setAnnotation(self, key: str, _title: str, data: bytes) -> None:
        self.notes[key] = bytes(data)

    def removeAnnotation(self, key: str) -> None:
        del self.notes[key]

    def setBatchmode(self, _on: bool) -> None:
        pass

    def setModified(self, _on: bool) -> None:
        pass


_numbers = itertools.count(1)


class FakeNode(Owned):
    def __init__(self, document: FakeDocument, name: str, kind: str):
        self.document = document
        self.title, self.kind = name, kind
        self.identity = f"{{{next(_numbers)}}}"
        self.parent: FakeNode | None = None
        self.nodes: list[FakeNode] = []
        self.look: dict[str, Any] = {
            "colorLabel": 0, "visible": True, "alphaLocked": False, "inheritAlpha": False, "locked": False,
        }  # fmt: skip
        width, height = document.size
        self.still = np.zeros((height, width, 4), np.uint8)
        self.keys: dict[int, np.ndarray] = {}
        self.passing = False
        self.svg: list[str] = []

    def addShapesFromSvg(self, svg: str) -> list[Any]:
        self.svg.append(svg)
        return []

    def touch(self, name: str) -> None:
        document = object.__getattribute__(self, "__dict__").get("document")
        if document is not None:
            document.touch(f"layer.{name}")

    # -- its picture

    def _picture(self, time: int | None = None) -> np.ndarray:
        if not self.keys:
            return self.still
        time = self.document.shown if time is None else time
        return self.keys[max((key for key in self.keys if key <= time), default=min(self.keys))]

    def pixelDataAtTime(self, x: int, y: int, width: int, height: int, time: int) -> bytes:
        return _cut(self._picture(time), x, y, width, height).tobytes()

    def pixelData(self, x: int, y: int, width: int, height: int) -> bytes:
        return _cut(self._picture(), x, y, width, height).tobytes()

    def projectionPixelData(self, x: int, y: int, width: int, height: int) -> bytes:
        """Of a group: each pixel of the uppermost layer that has one there; none where it passes through."""
        shown = self._picture().copy()
        for child in [] if self.passing else self.nodes:
            shown = np.where(child._picture()[..., 3:] > 0, child._picture(), shown)
        return _cut(shown, x, y, width, height).tobytes()

    def setPixelData(self, data: bytes, x: int, y: int, width: int, height: int) -> None:
        picture = self._picture()
        part = np.frombuffer(bytes(data), np.uint8).reshape(height, width, 4)
        left, top = max(0, x), max(0, y)
        right, bottom = min(picture.shape[1], x + width), min(picture.shape[0], y + height)
        if right > left and bottom > top:
            picture[top:bottom, left:right] = part[top - y : bottom - y, left - x : right - x]

    def bounds(self) -> Any:
        painted = np.max([node._picture()[..., 3] for node in (self, *self.nodes)], axis=0)
        rows, columns = (np.flatnonzero(painted.any(axis)) for axis in (1, 0))
        box = (0, 0, 0, 0)
        if rows.size:
            box = columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]
        x, y, width, height = map(int, box)
        return SimpleNamespace(x=lambda: x, y=lambda: y, width=lambda: width, height=lambda: height)

    def duplicate(self) -> FakeNode:
        copy = FakeNode(self.document, self.title, self.kind)
        copy.look = dict(self.look)
        copy.still = self.still.copy()
        copy.keys = {time: picture.copy() for time, picture in self.keys.items()}
        for child in self.nodes:
            copy.addChildNode(child.duplicate(), None)
        return copy

    # -- its place

    def uniqueId(self) -> Any:
        return SimpleNamespace(toString=lambda: self.identity)

    def name(self) -> str:
        return self.title

    def setName(self, name: str) -> None:
        self.title = name

    def type(self) -> str:
        return self.kind

    def parentNode(self) -> FakeNode | None:
        return self.parent

    def childNodes(self) -> list[FakeNode]:
        return list(self.nodes)

    def addChildNode(self, child: FakeNode, above: FakeNode | None) -> None:
        """Krita selects what becomes part of the document."""
        place = len(self.nodes) if above is None else self.nodes.index(above) + 1
        self.nodes.insert(place, child)
        child.parent = self
        top = self
        while top.parent is not None:
            top = top.parent
        if top is self.document.root:
            self.document.active = child

    def setChildNodes(self, nodes: list[FakeNode]) -> None:
        assert not self.nodes
        for node in nodes:
            self.addChildNode(node, None)

    def remove(self) -> None:
        assert self.parent is not None
        self.parent.nodes = [node for node in self.parent.nodes if node is not self]
        self.parent = None

    # -- its look

    colorModel = lambda self: "RGBA"  # noqa: E731
    colorDepth = lambda self: "U8"  # noqa: E731
    colorProfile = lambda self: "sRGB-elle-V2-srgbtrc.icc"  # noqa: E731
    layerStyleToAsl = lambda self: ""  # noqa: E731
    blendingMode = lambda self: "normal"  # noqa: E731
    opaque = 255

    def opacity(self) -> int:
        return self.opaque

    passThroughMode = lambda self: self.passing  # noqa: E731

    def animated(self) -> bool:
        return bool(self.keys)

    def hasKeyframeAtTime(self, time: int) -> bool:
        return time in self.keys

    def setBlendingMode(self, _mode: str) -> None:
        pass

    def setOpacity(self, opacity: int) -> None:
        self.opaque = opacity

    def setColorSpace(self, *_: str) -> None:
        pass


def _look(name: str) -> tuple[Callable[[Any], Any], Callable[[Any, Any], None]]:
    return lambda self: self.look[name], lambda self, value: self.look.__setitem__(name, value)


for _name in ("colorLabel", "visible", "alphaLocked", "inheritAlpha", "locked"):
    _get, _set = _look(_name)
    setattr(FakeNode, _name, _get)
    setattr(FakeNode, "set" + _name[0].upper() + _name[1:], _set)


def _cut(picture: np.ndarray, x: int, y: int, width: int, height: int) -> np.ndarray:
    out = np.zeros((height, width, 4), np.uint8)
    left, top = max(0, x), max(0, y)
    right, bottom = min(picture.shape[1], x + width), min(picture.shape[0], y + height)
    if right > left and bottom > top:
        out[top - y : bottom - y, left - x : right - x] = picture[top:bottom, left:right]
    return out


class FakeSelection:
    """A rectangle."""

    def __init__(self, x: int, y: int, width: int, height: int):
        self.box = x, y, width, height

    def x(self) -> int:
        return self.box[0]

    def y(self) -> int:
        return self.box[1]

    def width(self) -> int:
        return self.box[2]

    def height(self) -> int:
        return self.box[3]

    def duplicate(self) -> FakeSelection:
        return FakeSelection(*self.box)

    def pixelData(self, x: int, y: int, width: int, height: int) -> bytes:
        left, top, wide, tall = self.box
        rows, columns = np.mgrid[y : y + height, x : x + width]
        inside = (rows >= top) & (rows < top + tall) & (columns >= left) & (columns < left + wide)
        return (inside * np.uint8(255)).tobytes()


class ManagedColor:
    @classmethod
    def fromQColor(cls, _colour: Any) -> ManagedColor:
        return cls()

    def __init__(self, *_: str):
        pass

    def setComponents(self, _components: list[float]) -> None:
        pass

    colorModel = lambda self: "RGBA"  # noqa: E731
    colorDepth = lambda self: "U8"  # noqa: E731
    colorProfile = lambda self: "sRGB-elle-V2-srgbtrc.icc"  # noqa: E731

    def setColorSpace(self, *_: str) -> None:
        pass

    def components(self) -> list[float]:
        return [0.0, 0.0, 0.0, 1.0]


class _Anything(ModuleType):
    def __getattr__(self, name: str) -> Any:
        return type(name, (), {})


def modules(app: App) -> dict[str, Any]:
    """What takes the place of Krita's and Qt's own modules."""
    krita: Any = ModuleType("krita")
    krita.Krita = SimpleNamespace(instance=lambda: app)
    krita.ManagedColor, krita.Node, krita.Selection = ManagedColor, FakeNode, FakeSelection
    core, gui, widgets, sip = (_Anything(f"PyQt5.{name}") for name in ("QtCore", "QtGui", "QtWidgets", "sip"))
    core.QByteArray, core.QObject = bytes, object
    core.QTimer = SimpleNamespace(singleShot=lambda *_: None)
    core.Qt = SimpleNamespace(MouseButton=SimpleNamespace(NoButton=NO_BUTTON))
    core.QStandardPaths = SimpleNamespace(
        writableLocation=lambda _: "/nonexistent",
        StandardLocation=SimpleNamespace(GenericConfigLocation=0),
    )
    core.QEvent = SimpleNamespace(Type=_Anything("Type"))
    gui.QColor = lambda *_: None
    gui.QTabletEvent = SimpleNamespace(PointerType=_Anything("PointerType"))
    filtered = SimpleNamespace(installEventFilter=lambda _: None, removeEventFilter=lambda _: None)
    widgets.QApplication = SimpleNamespace(mouseButtons=lambda: NO_BUTTON, instance=lambda: filtered)
    sip.transferback = lambda _: None
    qt: Any = ModuleType("PyQt5")
    qt.QtCore, qt.QtGui, qt.QtWidgets, qt.sip = core, gui, widgets, sip
    found = {f"PyQt5.{name}": getattr(qt, name) for name in ("QtCore", "QtGui", "QtWidgets", "sip")}
    return {"krita": krita, "PyQt5": qt, **found, "PyQt6": None}
