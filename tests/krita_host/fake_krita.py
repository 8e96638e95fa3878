# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Krita in memory, for what is asked of Krita and done with its answers; no painting, no undo.

It behaves as Krita 5.1.5 was seen to. What hangs on Krita itself is tested in a real one, in tests/krita.
"""

# ruff: noqa: N802 (Krita's names)
from __future__ import annotations

import importlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from smart_lineart.krita_host.pixels import LUMA_BGR, PixelFormat
from tests.fresh_plugin import fresh_plugin

MASKS = ("transparencymask", "filtermask", "transformmask", "selectionmask", "colorizemask")
U8 = "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc"
CONVERT = "convert_to_paint_layer"
FRESH = {"colorLabel": 0, "visible": True, "alphaLocked": False, "inheritAlpha": False, "locked": False}


class QByteArray(bytes):
    def left(self, most: int) -> QByteArray:
        return QByteArray(self[:most])


class Emitter:
    """A signal of Krita's notifier, which tells nothing before it is active."""

    def __init__(self, active: Callable[[], bool]) -> None:
        self._active = active
        self._listeners: list[Any] = []

    def connect(self, listener: Any) -> None:
        self._listeners.append(listener)

    def disconnect(self, listener: Any) -> None:
        self._listeners.remove(listener)

    def emit(self, *values: object) -> None:
        for listener in list(self._listeners) if self._active() else ():
            listener(*values)


def converted(pixels: np.ndarray, source: PixelFormat, target: PixelFormat) -> np.ndarray:
    """Pixels (h, w, channels) in another colour space: grey and RGB, of any depth."""
    values = pixels.astype(np.float64) / (np.iinfo(source.dtype).max if source.dtype.kind == "u" else 1)
    colours, alpha = values[..., :-1], values[..., -1:]
    if source.model != target.model:
        colours = np.repeat(colours, 3, -1) if source.model == "GRAYA" else (colours @ LUMA_BGR)[..., None]
    values = np.concatenate([colours, alpha], -1)
    if target.dtype.kind == "u":
        values = np.rint(values * np.iinfo(target.dtype).max)
    return values.astype(target.dtype)


class Node:
    """A layer or mask. Of an animated one, `pixelData` tells the keyframe shown."""

    def __init__(self, document: Any, name: str, kind: str, form: tuple[str, str, str] = U8):
        self.document = document
        self.named, self.kind = name, kind
        self.form = PixelFormat(*form)
        self.identity = "{" + str(uuid.uuid4()) + "}"
        self.parent: Node | None = None
        self.nodes: list[Node] = []
        self.style = ""
        self.keys: list[int] = []
        self.frames: dict[int, dict[tuple[int, int], bytes]] = {0: {}}
        self.look = dict(FRESH)
        self.opaque, self.blending, self.passing = 255, "normal", False
        for key in FRESH:
            setattr(self, key, lambda key=key: self.look[key])
            setattr(self, "set" + key[0].upper() + key[1:], lambda value, key=key: self._see(key, value))

    def _see(self, name: str, value: Any) -> None:
        self.look[name] = value

    def name(self) -> str:
        return self.named

    def setName(self, name: str) -> None:
        self.named = name

    def type(self) -> str:
        return self.kind

    def uniqueId(self) -> Any:
        return SimpleNamespace(toString=lambda: self.identity)

    def setOpacity(self, opacity: int) -> None:
        self.opaque = opacity

    def opacity(self) -> int:
        return self.opaque

    def passThroughMode(self) -> bool:
        return self.passing

    def blendingMode(self) -> str:
        return self.blending

    def setLayerStyleFromAsl(self, style: str) -> None:
        self.style = style

    def setBlendingMode(self, mode: str) -> None:
        """A step to undo, also where nothing is changed, and where this layer is part of no document yet."""
        self.blending = mode
        self.document.steps.append("Composition Mode Change")

    def layerStyleToAsl(self) -> str:
        return self.style

    # -- the tree

    def parentNode(self) -> Node | None:
        return self.parent

    def childNodes(self) -> list[Node]:
        return list(self.nodes)

    def addChildNode(self, node: Node, above: Node | None) -> None:
        """A step to undo, also where this layer is part of no document yet."""
        self._take_in(node, above)
        self.document.steps.append("Add Layer")

    def setChildNodes(self, nodes: list[Node]) -> None:
        """Krita takes no step for it; where there are layers already, it goes wrong."""
        assert not self.nodes
        for node in nodes:
            self._take_in(node, None)

    def _take_in(self, node: Node, above: Node | None) -> None:
        self.nodes.insert(self.nodes.index(above) + 1 if above else len(self.nodes), node)
        node.parent = self

    def remove(self) -> None:
        if self.parent is not None:
            self.parent.nodes.remove(self)
        self.parent = None

    def duplicate(self) -> Node:
        copy = Node(
            self.document, self.named, self.kind, (self.form.model, self.form.depth, self.form.profile)
        )
        copy.look, copy.opaque, copy.blending = dict(self.look), self.opaque, self.blending
        copy.passing = self.passing
        copy.keys, copy.style = list(self.keys), self.style
        copy.frames = {time: dict(pixels) for time, pixels in self.frames.items()}
        for child in self.nodes:
            copy._take_in(child.duplicate(), None)
        return copy

    # -- frames

    def animated(self) -> bool:
        return bool(self.keys)

    def hasKeyframeAtTime(self, time: int) -> bool:
        return time in self.keys

    def _frame(self, time: int | None = None) -> dict[tuple[int, int], bytes]:
        time = self.document.time if time is None else time
        return self.frames[max((key for key in self.keys if key <= time), default=0)]

    # -- pixels

    def colorModel(self) -> str:
        return self.form.model

    def colorDepth(self) -> str:
        return self.form.depth

    def colorProfile(self) -> str:
        return self.form.profile

    def setColorSpace(self, *form: str) -> bool:
        x, y, width, height = self._box()
        pixels = self.form.array(self.pixelData(x, y, width, height), height, width)
        target = PixelFormat(*form)
        pixels = converted(pixels, self.form, target)
        self.form = target
        self._frame().clear()
        self.setPixelData(pixels.tobytes(), x, y, width, height)
        return True

    def setPixelData(self, data: bytes, x: int, y: int, width: int, height: int) -> bool:
        size, frame = self.form.pixel_size, self._frame()
        assert len(data) == width * height * size, "Krita would read beyond the end"
        blank = bytes(size)
        for number in range(width * height):
            pixel = bytes(data[number * size : (number + 1) * size])
            place = x + number % width, y + number // width
            if pixel == blank:
                frame.pop(place, None)
            else:
                frame[place] = pixel
        return True

    def pixelData(self, x: int, y: int, width: int, height: int) -> QByteArray:
        return self.pixelDataAtTime(x, y, width, height, None)

    def pixelDataAtTime(self, x: int, y: int, width: int, height: int, time: int | None) -> QByteArray:
        frame, blank = self._frame(time), bytes(self.form.pixel_size)
        rows = range(y, y + height)
        return QByteArray(
            b"".join(frame.get((across, down), blank) for down in rows for across in range(x, x + width))
        )

    def projectionPixelData(self, x: int, y: int, width: int, height: int) -> QByteArray:
        """With masks: all of it hidden."""
        if any(child.kind.endswith("mask") for child in self.nodes):
            return QByteArray(bytes(width * height * self.form.pixel_size))
        shown = self.form.array(self.pixelData(x, y, width, height), height, width)
        for child in [] if self.passing else self.nodes:  # each hides what lies beneath
            own = self.form.array(child.projectionPixelData(x, y, width, height), height, width)
            shown = np.where(own[..., -1:] > 0, own, shown)
        return QByteArray(shown.tobytes())

    def _box(self) -> tuple[int, int, int, int]:
        frame = [place for node in (self, *self.nodes) if node.kind not in MASKS for place in node._frame()]
        if not frame:
            return 0, 0, 0, 0
        across, down = zip(*frame, strict=True)
        return min(across), min(down), max(across) + 1 - min(across), max(down) + 1 - min(down)

    def bounds(self) -> Any:
        x, y, width, height = self._box()
        return SimpleNamespace(x=lambda: x, y=lambda: y, width=lambda: width, height=lambda: height)


class Selection:
    """A selection: uint8 (H, W) from the image's corner."""

    def __init__(self, pixels: np.ndarray):
        self.pixels = pixels

    def x(self) -> int:
        return self._box()[0]

    def y(self) -> int:
        return self._box()[1]

    def width(self) -> int:
        return self._box()[2]

    def height(self) -> int:
        return self._box()[3]

    def _box(self) -> tuple[int, int, int, int]:
        rows, columns = np.flatnonzero(self.pixels.any(1)), np.flatnonzero(self.pixels.any(0))
        if not rows.size:
            return 0, 0, 0, 0
        x, y = int(columns[0]), int(rows[0])
        return x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y

    def duplicate(self) -> Selection:
        return Selection(self.pixels.copy())

    def pixelData(self, x: int, y: int, width: int, height: int) -> bytes:
        out = np.zeros((height, width), np.uint8)
        for down in range(max(0, y), min(self.pixels.shape[0], y + height)):
            for across in range(max(0, x), min(self.pixels.shape[1], x + width)):
                out[down - y, across - x] = self.pixels[down, across]
        return out.tobytes()


class EmptySelection(Selection):
    """A new one, of what a filter layer changes."""

    def __init__(self) -> None:
        super().__init__(np.zeros((0, 0), np.uint8))

    def setPixelData(self, data: bytes, x: int, y: int, width: int, height: int) -> None:
        grown = np.zeros((max(y + height, len(self.pixels)), max(x + width, self.pixels.shape[1])), np.uint8)
        grown[: self.pixels.shape[0], : self.pixels.shape[1]] = self.pixels
        grown[y : y + height, x : x + width] = np.frombuffer(data, np.uint8).reshape(height, width)
        self.pixels = grown


class Document:
    def __init__(self, width: int = 40, height: int = 30, form: tuple[str, str, str] = U8, ppi: float = 72.0):
        self.wide, self.tall, self.ppi, self.form = width, height, ppi, form
        self.steps: list[str] = []  # that undo could take back, of adding layers and of blending them
        self.root = Node(self, "root", "grouplayer", form)
        self.active: Node | None = None
        self.chosen: Selection | None = None
        self.notes: dict[str, bytes] = {}
        self.time, self.range, self.frames = 0, (0, 10), 11
        self.times_shown: list[int] = []
        self.refreshed, self.busy = 0, 0
        self.meanwhile: Callable[[], None] = lambda: None  # what events bring while Krita composes
        self.title, self.file = "Drawing", "drawing.kra"
        self.modified, self.closed = True, False
        self.beneath = (255, 255, 255, 0)

    def add(self, name: str, kind: str = "paintlayer", form: tuple[str, str, str] | None = None) -> Node:
        """A new layer on top."""
        node = Node(self, name, kind, form or self.form)
        self.root.addChildNode(node, None)
        return node

    def name(self) -> str:
        return self.title

    def fileName(self) -> str:
        return self.file

    def width(self) -> int:
        return self.wide

    def height(self) -> int:
        return self.tall

    def resolution(self) -> float:
        return self.ppi

    def backgroundColor(self) -> Any:
        return SimpleNamespace(getRgb=lambda: self.beneath)

    def setBackgroundColor(self, colour: Any) -> None:
        self.beneath = colour

    def colorModel(self) -> str:
        return self.form[0]

    def colorDepth(self) -> str:
        return self.form[1]

    def colorProfile(self) -> str:
        return self.form[2]

    def rootNode(self) -> Node:
        return self.root

    def activeNode(self) -> Node | None:
        return self.active

    def setActiveNode(self, node: Node) -> None:
        self.active = node

    def createNode(self, name: str, kind: str) -> Node:
        return Node(self, name, kind, self.form)

    def createGroupLayer(self, name: str) -> Node:
        return Node(self, name, "grouplayer", self.form)

    def createFilterLayer(self, name: str, made_with: Any, selection: Selection) -> Node:
        node = Node(self, name, "filterlayer", self.form)
        node.filter, node.chosen = lambda: made_with, selection.pixels
        return node

    def refreshProjection(self) -> None:
        self.refreshed += 1
        self.meanwhile()

    def tryBarrierLock(self) -> bool:
        self.busy -= 1
        return self.busy < 0

    def unlock(self) -> None:
        self.busy = 0

    def waitForDone(self) -> None:
        pass

    def selection(self) -> Selection | None:
        return self.chosen

    def currentTime(self) -> int:
        return self.time

    def setCurrentTime(self, time: int) -> None:
        self.times_shown.append(time)
        self.time = time

    def fullClipRangeStartTime(self) -> int:
        return self.range[0]

    def fullClipRangeEndTime(self) -> int:
        return self.range[1]

    def animationLength(self) -> int:
        return self.frames

    def annotationTypes(self) -> list[str]:
        return list(self.notes)

    def annotation(self, key: str) -> QByteArray:
        return QByteArray(self.notes[key])

    def setAnnotation(self, key: str, title: str, data: bytes) -> None:
        self.notes[key] = bytes(data)

    def removeAnnotation(self, key: str) -> None:
        del self.notes[key]

    def setBatchmode(self, on: bool) -> None:
        assert on

    def setModified(self, on: bool) -> None:
        self.modified = on

    def close(self) -> None:
        assert not self.modified, "Krita would ask the artist whether to save it"
        self.closed = True


class Action:
    def __init__(self, krita: Krita, name: str):
        self.krita, self.name, self.enabled, self.words = krita, name, True, ""
        self.properties: dict[str, Any] = {}
        self.triggered = Emitter(lambda: True)

    def property(self, name: str) -> Any:
        return self.properties.get(name)

    def setProperty(self, name: str, value: Any) -> None:
        self.properties[name] = value

    def isEnabled(self) -> bool:
        return self.enabled

    def setEnabled(self, enabled: bool) -> None:
        self.enabled = enabled

    def text(self) -> str:
        return self.words

    def setText(self, words: str) -> None:
        self.words = words

    def iconText(self) -> str:
        return self.words.partition(" ")[0]

    def setIconText(self, _words: str) -> None:
        pass

    def trigger(self) -> None:
        assert self.enabled, "Qt 6 ignores it"
        self.krita.triggered.append(self.name)
        self.triggered.emit()
        if self.name == CONVERT:
            self.krita.convert()


class Krita:
    """Krita's one instance. `slow`: how often a list is asked for before a conversion is done."""

    def __init__(self) -> None:
        self.open: list[Document] = []
        self.texts: dict[str, str] = {}  # in Krita's language
        self.front: Document | None = None
        self.canvas: Any = None
        self.foreground: Any = None
        self.scrolled, self.shown = (0, 0), (20, 10)
        self.triggered: list[str] = []
        self.actions: dict[str, Action] = {}
        self.kept: dict[tuple[str, str], str] = {}
        self.notifies = False
        names = ("applicationClosing", "imageClosed", "viewClosed")
        self.signals = {name: Emitter(lambda: self.notifies) for name in names}
        self.buttons, self.filters = 0, []
        self.on_screen: list[Any] = []  # windows of Qt's
        self.watching_view: list[Any] = []
        self.view_in_front: Any = SimpleNamespace(
            destroyed=False,
            installEventFilter=self.watching_view.append,
            removeEventFilter=self.watching_view.remove,
        )
        self.main_windows: list[Any] = []
        self.timers: list[Callable[[], None]] = []
        self.waits: list[int] = []  # ms, of all timers there ever were
        self.dialog: Any = None
        self.menu: Any = None
        self.converts = True
        self.boxes: list[Any] = []
        self.has_window = True
        self.about_to_quit = Emitter(lambda: True)

    def show(self, document: Document) -> Document:
        """Open a document, or bring it to the front."""
        if document not in self.open:
            self.open.append(document)
        self.front = document
        return document

    def convert(self) -> None:
        """Put a plain copy in the active layer's place; not of a locked one."""
        node = self.front.active if self.front else None
        if node is None or node.parent is None or node.look["locked"] or not self.converts:
            return
        copy = node.duplicate()
        copy.nodes, copy.look, copy.style = [], dict(FRESH), ""
        copy.frames, copy.keys = {0: dict(node._frame())}, []
        node.parent.addChildNode(copy, node)
        node.remove()
        self.front.active = copy

    def documents(self) -> list[Document]:
        return [document for document in self.open if not document.closed]

    def activeDocument(self) -> Document | None:
        return self.front

    def createDocument(self, width: int, height: int, _name: str, *form: Any) -> Document:
        self.open.append(Document(width, height, form[:3], form[3]))
        return self.open[-1]

    def activeWindow(self) -> Any:
        if not self.has_window:
            return None
        scroll = SimpleNamespace(
            metaObject=lambda: SimpleNamespace(className=lambda: "KisCanvasController"),
            horizontalScrollBar=lambda: SimpleNamespace(value=lambda: self.scrolled[0]),
            verticalScrollBar=lambda: SimpleNamespace(value=lambda: self.scrolled[1]),
            viewport=lambda: SimpleNamespace(
                size=lambda: SimpleNamespace(width=lambda: self.shown[0], height=lambda: self.shown[1])
            ),
        )
        other = SimpleNamespace(metaObject=lambda: SimpleNamespace(className=lambda: "QTextEdit"))
        sub = SimpleNamespace(findChildren=lambda _kind: [other, scroll], widget=lambda: self.view_in_front)
        area = SimpleNamespace(currentSubWindow=lambda: sub)
        window = SimpleNamespace(
            winId=lambda: id(self), centralWidget=lambda: SimpleNamespace(findChildren=lambda _kind: [area])
        )
        view = SimpleNamespace(
            document=lambda: self.front, canvas=lambda: self.canvas, foregroundColor=lambda: self.foreground
        )
        return SimpleNamespace(activeView=lambda: view, qwindow=lambda: window)

    def dockers(self) -> list[Any]:
        assert self.has_window, "Krita would end here"
        return self.boxes

    def action(self, name: str) -> Action:
        return self.actions.setdefault(name, Action(self, name))

    def version(self) -> str:
        return "5.1.5"

    def krita_i18nc(self, context: str, text: str) -> str:
        assert context == "(qtundo-format)"
        return self.texts.get(text, text)

    def readSetting(self, group: str, key: str, default: str) -> str:
        return self.kept.get((group, key), default)

    def writeSetting(self, group: str, key: str, value: str) -> None:
        self.kept[group, key] = value

    def press(self, kind: str = "pressed") -> None:
        """A mouse button or the pen comes down: those who look at all events hear of it first."""
        for one in list(self.filters):
            assert one.eventFilter(None, SimpleNamespace(type=lambda: kind)) is False

    def delete_later(self, receiver: Any) -> None:
        """Qt destroys an object, unless somebody who looks at all events keeps the wish to himself."""
        event = SimpleNamespace(type=lambda: "deferred delete")
        if not any(one.eventFilter(receiver, event) for one in list(self.filters)):
            receiver.destroy()

    def later(self, milliseconds: int, action: Callable[[], None]) -> None:
        """Qt is to call back."""
        self.waits.append(milliseconds)
        self.timers.append(action)

    def turn(self) -> None:
        """Qt calls back whoever wanted that."""
        timers, self.timers = self.timers, []
        for timer in timers:
            timer()

    def windows(self) -> list[Any]:
        return list(self.main_windows)

    def notifier(self) -> Any:
        return SimpleNamespace(setActive=lambda on: setattr(self, "notifies", on), **self.signals)


class ManagedColor:
    """A colour: components from 0 to 1 in the order of memory."""

    def __init__(self, model: str, depth: str, profile: str):
        self.form, self.values = PixelFormat(model, depth, profile), [0.0, 0.0, 0.0, 1.0]

    @classmethod
    def fromQColor(cls, colour: tuple[int, int, int]) -> ManagedColor:
        made = cls(*U8)
        made.values = [value / 255 for value in reversed(colour)] + [1.0]
        return made

    def colorModel(self) -> str:
        return self.form.model

    def colorDepth(self) -> str:
        return self.form.depth

    def colorProfile(self) -> str:
        return self.form.profile

    def components(self) -> list[float]:
        return self.values

    def setComponents(self, values: list[float]) -> None:
        self.values = list(values)

    def setColorSpace(self, *form: str) -> None:
        float_form = PixelFormat(self.form.model, "F32", "")
        target = PixelFormat(*form)
        if target.model in {"CMYKA", "LABA"}:  # only black is asked for
            self.values = [0.0, 0.0, 0.0, 1.0, 1.0] if target.model == "CMYKA" else [0.0, 0.5, 0.5, 1.0]
        else:
            pixel = np.array(self.values, np.float32)[None, None]
            self.values = converted(pixel, float_form, PixelFormat(target.model, "F32", ""))[0, 0].tolist()
        self.form = target


def _modules(krita: Krita) -> dict[str, ModuleType]:
    def module(name: str, **contents: Any) -> ModuleType:
        made = ModuleType(name)
        vars(made).update(contents)
        return made

    buttons = SimpleNamespace(NoButton=0)
    places = SimpleNamespace(
        writableLocation=lambda _place: "/", StandardLocation=SimpleNamespace(GenericConfigLocation=0)
    )
    widgets = {
        name: type(name, (), {}) for name in ("QAbstractScrollArea", "QMdiArea", "QMdiSubWindow", "QWidget")
    }
    events = {
        name: type(name, (), {})
        for name in (
            "QCursor",
            "QEnterEvent",
            "QFocusEvent",
            "QInputDevice",
            "QPointingDevice",
            "QTabletEvent",
        )
    }
    filtered = SimpleNamespace(
        installEventFilter=lambda one: one in krita.filters or krita.filters.append(one),
        removeEventFilter=lambda one: one in krita.filters and krita.filters.remove(one),
        aboutToQuit=krita.about_to_quit,
    )
    application = SimpleNamespace(
        mouseButtons=lambda: krita.buttons,
        activeModalWidget=lambda: krita.dialog,
        activePopupWidget=lambda: krita.menu,
        instance=lambda: filtered,
        topLevelWindows=lambda: list(krita.on_screen),
        sendEvent=lambda receiver, event: receiver.received.append(event),
    )
    kinds = SimpleNamespace(
        Close="close",
        MouseButtonPress="pressed",
        MouseMove="moved",
        MouseButtonRelease="let go",
        MouseButtonDblClick="pressed twice",
        TabletPress="pen pressed",
        TabletMove="pen moved",
        TabletRelease="pen let go",
        TabletLeaveProximity="pen away",
        DeferredDelete="deferred delete",
    )
    events["QPointingDevice"].PointerType = SimpleNamespace(Pen="pen")  # type: ignore[attr-defined]
    sip = {
        "transferback": lambda _one: None,
        "delete": lambda one: one.destroy(),
        "isdeleted": lambda one: one.destroyed,
    }
    return {
        "krita": module(
            "krita",
            Krita=SimpleNamespace(instance=lambda: krita),
            ManagedColor=ManagedColor,
            Node=Node,
            Selection=EmptySelection,
        ),
        "PyQt6": module("PyQt6", __path__=[]),
        "PyQt6.sip": module("PyQt6.sip", **sip),
        "PyQt6.QtCore": module(
            "PyQt6.QtCore",
            Qt=SimpleNamespace(MouseButton=buttons),
            QByteArray=QByteArray,
            QStandardPaths=places,
            QPoint=lambda x, y: (x, y),
            QPointF=lambda x, y: (x, y),
            QObject=object,
            QEvent=SimpleNamespace(Type=kinds),
            QTimer=SimpleNamespace(singleShot=krita.later),
            QAbstractItemModel=type("QAbstractItemModel", (), {}),
            QMetaObject=SimpleNamespace(invokeMethod=lambda model, slot: getattr(model, slot)()),
        ),
        "PyQt6.QtGui": module(
            "PyQt6.QtGui",
            QColor=lambda *values: values,
            **events,
        ),
        "PyQt6.QtWidgets": module("PyQt6.QtWidgets", QApplication=application, **widgets),
    }


@contextmanager
def fake_krita(*names: str) -> Iterator[SimpleNamespace]:
    """Modules of the plugin that need Krita, made anew with a small one: their last names, and `krita`."""
    krita = Krita()
    with fresh_plugin(_modules(krita)):
        loaded = {name: importlib.import_module(f"smart_lineart.{name}") for name in names}
        yield SimpleNamespace(krita=krita, **{name.rpartition(".")[2]: one for name, one in loaded.items()})


def run(work: Any, most: int = 1000, *, gate: Callable[[], BaseException | None] = lambda: None) -> Any:
    """Do all steps of a generator; of something to wait for that is done, its value is sent in.

    `gate` returns what to raise in the work in place of its next step, or None.
    """
    value = None
    for _ in range(most):
        error = gate()
        try:
            wish = work.send(value) if error is None else work.throw(error)
        except StopIteration as end:
            return end.value
        value = wish.value if hasattr(wish, "value") else None
    raise AssertionError("it goes on and on")


def painted(node: Node, x: int, y: int, alpha: np.ndarray, colour: tuple[int, ...] = (0, 0, 0)) -> None:
    """Paint 8-bit RGBA pixels of one colour with this alpha."""
    pixels = np.zeros((*alpha.shape, 4), np.uint8)
    pixels[alpha > 0, :3] = colour
    pixels[..., 3] = alpha
    node.setPixelData(pixels.tobytes(), x, y, alpha.shape[1], alpha.shape[0])


def alpha_of(node: Node, x: int, y: int, width: int, height: int) -> np.ndarray:
    """The alpha of 8-bit RGBA pixels, uint8 (height, width)."""
    data = node.pixelData(x, y, width, height)
    return np.frombuffer(data, np.uint8).reshape(height, width, 4)[..., 3]
