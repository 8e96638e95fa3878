# SPDX-License-Identifier: GPL-3.0-or-later
"""Random ends: the network's process is killed or frozen, the document closed, its layers deleted.

That comes at a random moment of whatever we do. Then it is looked at what must hold: in Krita, in the
document and in its file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import sys
import time
import zipfile
from pathlib import Path

from . import helpers, moments
from .helpers import K, QtCore, QtWidgets, children, modal, node_named, paint, session, strokes, until, widget

NAMES = ["Background", "Sketch", "Lineart: Sketch"]
OTHER = "Other page"
KEYS = (0, 3)
ALL_FRAMES = (0, 1 << 30)
ACTIONS = {"ink": 3, "renew": 4, "new frames": 2, "renewed frames": 2, "slider": 3, "style": 1, "live": 1}
DRAGS = {"slider", "style"}
ENDS = {
    "kill": 3,
    "freeze": 1,
    "freeze_and_kill": 4,
    "freeze_and_thaw": 2,
    "freeze_and_cancel": 3,
    "cancel": 1,
    "close": 5,
    "close_with_no": 4,
    "delete_sketch": 1,
    "delete_lineart": 1,
    "undo": 2,
    "save": 1,
    "switch": 1,
}
LOADING = 4  # times as long as a tile
PATIENT_SECONDS, SHORT_SECONDS = 120.0, 5.0  # for a tile; the latter where the process may be frozen


class Violated(AssertionError):
    """Something that must hold did not."""


class Trial:
    """One action and its end, in documents of its own; `run` is the driver's job, `story` what happened."""

    def __init__(self, seed: str, folder: str, sizes: list[tuple[int, int]]):
        self.random = random.Random(seed)
        self.action = self._choice(ACTIONS)
        self.end = self._choice(ENDS)
        self.animated = "frames" in self.action
        self.size = sizes[0] if self.animated else self.random.choice(sizes)
        self.path = Path(folder) / "trial.kra"
        self.document = self.sketch = None
        self.painted = self.stored = []
        self.waiting = 0
        self.began = time.monotonic()
        self.story: list[str] = []
        self.tell(f"trial {seed}: {self.action}, {self.end}, {self.size}")

    def run(self):
        try:
            yield from self.trial()
        except Exception as error:
            raise Violated("; ".join(self.story)) from error
        return self.story

    def trial(self):
        yield from self.prepare()
        moment = moments.Moment(self.random, self.stages(), self.bring_end)
        moment.watch()
        try:
            allow(SHORT_SECONDS if self.end.startswith("freeze") else PATIENT_SECONDS)
            self.start()
            yield from self.outlast(moment)
        finally:
            moment.leave()
            session().live.switch(False)
            allow(PATIENT_SECONDS)
        self.tell(moment.told)
        self.kill_what_is_frozen()
        self.check()
        yield from self.compare_saved()
        yield from self.next_click()
        yield from self.leave()

    def stages(self) -> dict:
        if self.action in DRAGS:
            return moments.OF_A_DRAG
        return moments.EARLY if self.end.startswith("freeze") else moments.OF_A_RUN

    # -- before

    def prepare(self):
        from smart_lineart.inking.network.runtime import isolated

        ours = session()
        yield from helpers.fresh()
        isolated._unfit.clear()  # a Python whose processes were ended in the trial before
        if self.random.random() < 0.3:
            ours.context.engine.close()
        yield from self.have_document()
        if self.random.random() < 0.4:
            helpers.new_document(120, 90, name=OTHER)
            helpers.show(self.document)
        ours.frames = ALL_FRAMES if self.animated else None
        if node_named(self.document, NAMES[2]) is not None:
            self.draw_on()
        self.document.setActiveNode(self.sketch)
        self.painted = self.stored = self.frames(self.sketch)
        self.document.saveAs(str(self.path))
        self.document.waitForDone()
        yield 50

    def have_document(self):
        """A sketch, with its lineart where the action needs one; made once, and then read from its file."""
        inked = self.action not in {"ink", "new frames"}
        kind = f"{'frames' if self.animated else 'page'}-{'inked' if inked else 'bare'}-{self.size[0]}.kra"
        template = self.path.with_name(kind)
        # A slider moves only what was inked since it was opened.
        if template.exists() and self.action not in DRAGS:
            self.document = yield from self.opened(template)
            self.sketch = node_named(self.document, "Sketch")
            return
        self.document = helpers.sketch_document(*self.size)
        self.sketch = node_named(self.document, "Sketch")
        yield 250
        if self.animated:
            yield from self.animate()
        if inked:
            session().frames = ALL_FRAMES if self.animated else None
            yield from self.ink()
        self.document.saveAs(str(template))
        self.document.waitForDone()

    def animate(self):
        sketch, document = self.sketch, self.document
        document.setActiveNode(sketch)
        sketch.enableAnimation()
        yield 100
        for number, moment in enumerate(KEYS):
            document.setCurrentTime(moment)
            document.waitForDone()
            yield 60
            if not sketch.hasKeyframeAtTime(moment):
                K.action("add_blank_frame").trigger()
                document.waitForDone()
                yield 100
            paint(document, sketch, strokes(*self.size, thick=3 + number))
        document.setFullClipRangeEndTime(KEYS[-1] + 2)
        document.setCurrentTime(0)
        document.waitForDone()
        yield 150

    def draw_on(self) -> None:
        """The sketch goes on; now and then the artist has made a hole in the lineart."""
        lineart = node_named(self.document, NAMES[2])
        width, height = (side // 4 for side in self.size)
        if self.random.random() < 0.5:
            lineart.setPixelData(bytes(width * height * 4), width // 4, height // 2, width, height)
        if self.action not in DRAGS:
            paint(self.document, self.sketch, strokes(*self.size, thick=self.random.randint(4, 7)))

    def opened(self, path: Path):
        document = K.openDocument(str(path))
        document.setBatchmode(True)
        K.activeWindow().addView(document)
        document.waitForDone()
        yield 150
        return document

    # -- the action

    def start(self) -> None:
        self.tell("starts")
        if self.action == "slider":
            self.values = [self.random.uniform(1, 12) for _ in range(self.random.randint(3, 25))]
            self.drag()
        elif self.action == "style":
            session().change("style", "brush", final=True)
        elif self.action == "live":
            paint(self.document, self.sketch, strokes(*self.size, thick=8))
            self.painted = self.frames(self.sketch)
            session().live.switch(True)
        else:
            widget("ink").click()

    def drag(self) -> None:
        """The slider's next place; the artist lets it go at the last, wherever the document is by then."""
        value = self.values.pop(0)
        session().change("thickness", value, final=not self.values)
        if self.values:
            self.after(30, self.drag)

    # -- the ends

    def bring_end(self) -> None:
        self.tell(f"end: {self.end}")
        getattr(self, self.end)()

    def kill(self) -> None:
        self.send(signal.SIGKILL)

    def freeze(self) -> None:
        self.send(signal.SIGSTOP)

    def freeze_and_kill(self) -> None:
        self.send(signal.SIGSTOP, signal.SIGKILL)

    def freeze_and_thaw(self) -> None:
        self.send(signal.SIGSTOP, signal.SIGCONT)

    def freeze_and_cancel(self) -> None:
        self.freeze()
        self.after(self.random.randint(0, 600), self.cancel)

    def cancel(self) -> None:
        for job in session().queue.active:
            session().cancel(job)

    def close(self) -> None:
        document = self.forget_document()
        document.setModified(False)
        document.close()

    def close_with_no(self) -> None:
        """File > Close, and a click on "No"."""
        self.after(0, self.close_by_menu)

    def close_by_menu(self) -> None:
        helpers.show(self.document)
        document = self.forget_document()
        document.setBatchmode(False)
        document.setModified(True)
        self.answer_no(document)
        K.action("file_close").trigger()

    def answer_no(self, document, tries: int = 500) -> None:
        if click_no() or not tries:
            self.tell("no")
        elif document in helpers.owned(K.documents()):
            self.after(10, lambda: self.answer_no(document, tries - 1))

    def delete_sketch(self) -> None:
        sketch, self.sketch = self.sketch, None
        sketch.remove()

    def delete_lineart(self) -> None:
        lineart = node_named(self.document, NAMES[2])
        if lineart is not None:
            lineart.remove()

    def undo(self) -> None:
        if node_named(self.document, NAMES[2]) is not None:  # else it would take the sketch away
            K.action("edit_undo").trigger()

    def save(self) -> None:
        self.document.setModified(True)
        K.action("file_save").trigger()

    def switch(self) -> None:
        helpers.new_document(100, 80, name=OTHER)

    def forget_document(self):
        document, self.document, self.sketch = self.document, None, None
        return document

    def send(self, first: int, then: int = 0, tries: int = 100) -> None:
        """Signals to the worker process, as soon as there is one, and a while after."""
        pid = worker()
        if pid is None:
            if tries:
                self.after(20, lambda: self.send(first, then, tries - 1))
            return
        os.kill(pid, first)
        self.tell(f"{signal.Signals(first).name} to {pid}")
        if then:
            self.after(self.random.randint(50, 1500), lambda: pid != worker() or os.kill(pid, then))

    def come_back(self):
        """To the document; Krita may be busy with a view that has just been opened or closed."""
        for _ in range(20):
            if self.document is None:
                return
            with contextlib.suppress(LookupError, ValueError):
                helpers.show(self.document)
                return
            yield 100
        raise Violated(f"{self.document.name()} is not in front")

    def kill_what_is_frozen(self) -> None:
        """Nothing was asked of it since, so that nobody has found it frozen."""
        pid = worker()
        if pid is not None and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
            os.kill(pid, signal.SIGKILL)

    def after(self, milliseconds: int, act) -> None:
        """Act later; the trial is not over before."""
        self.waiting += 1

        def now() -> None:
            try:
                act()
            finally:
                self.waiting -= 1

        QtCore.QTimer.singleShot(milliseconds, now)

    # -- after

    def outlast(self, moment: moments.Moment):
        """Wait until the end was brought and nothing is under way."""
        try:
            yield from until(lambda: moment.come, 40)
        except TimeoutError:
            moment.now()
        yield 20
        yield from until(lambda: not self.waiting, 30)
        session().live.switch(False)
        for _ in range(4):
            yield from self.come_back()  # a renewal waits for its document to be in front
            try:
                yield from helpers.idle(20)
            except TimeoutError:
                continue
            return
        raise Violated(f"still under way: {[(job.title, job.state) for job in session().queue.active]}")

    def check(self) -> None:
        if modal() is not None:
            raise Violated(f"a modal window: {modal()}")
        last = session().messages.last_error.strip().splitlines()
        if last and last[-1].split(":")[0].rpartition(".")[2] not in known_errors():
            raise Violated(session().messages.last_error)
        if self.document is None:
            return
        self.document.waitForDone()
        names = [node.name() for node in children(self.document.rootNode())]
        if not set(names) <= set(NAMES) or len(set(names)) != len(names):
            raise Violated(f"layers: {names}")
        if self.sketch is not None and self.frames(self.sketch) != self.painted:
            raise Violated("the sketch was changed")

    def compare_saved(self):
        """What is saved comes back; of a closed document, what was saved before."""
        expected = None
        if self.document is not None:
            self.stored = self.painted
            expected = self.layers(self.document)
            self.document.save()
            self.document.waitForDone()
            yield 50
        with zipfile.ZipFile(self.path) as archive:
            if archive.testzip() is not None:
                raise Violated("the file is damaged")
        read = yield from self.opened(self.path)
        if expected is not None and self.layers(read) != expected:
            raise Violated(f"read back: {self.layers(read)} for {expected}")
        sketch = node_named(read, "Sketch")
        if (expected is None or self.sketch is not None) and self.frames(sketch) != self.stored:
            raise Violated("the saved sketch is another")
        if expected is None:
            self.document, self.sketch, self.painted = read, sketch, self.stored
        else:
            read.setModified(False)
            read.close()
        yield 50

    def next_click(self):
        """It inks, in a new sketch where the old one was deleted."""
        if self.sketch is None:
            self.document = helpers.sketch_document(*self.size)
            self.sketch = node_named(self.document, "Sketch")
            self.painted = self.frames(self.sketch)
            yield 250
        yield from self.come_back()
        self.document.setActiveNode(self.sketch)
        yield 200
        yield from self.ink()
        self.check()

    def ink(self):
        said = yield from helpers.ink(60)
        lineart = node_named(self.document, NAMES[2])
        if lineart is None or not any(any(pixels) for _, pixels in self.pixels_of(lineart)):
            raise Violated(f"no ink: {said} {session().messages.last_error}")
        if said and "went on in a new one" not in said and "undo twice" not in said:
            raise Violated(f"said: {said}")

    def leave(self):
        self.document = self.sketch = None
        session().frames = None
        helpers.close_all()
        yield 100

    # -- looking

    def pixels_of(self, node) -> list[tuple[int, bytes]]:
        """A layer's own pixels on and around the page: of each keyframe, or as they are."""
        where = -8, -8, self.size[0] + 16, self.size[1] + 16
        if not node.animated():
            return [(-1, bytes(node.pixelData(*where)))]
        times = [moment for moment in range(KEYS[-1] + 3) if node.hasKeyframeAtTime(moment)]
        return [(moment, bytes(node.pixelDataAtTime(*where, moment))) for moment in times]

    def frames(self, node) -> list[list]:
        """Digests of a layer's pixels."""
        return [[moment, hashlib.sha256(pixels).hexdigest()] for moment, pixels in self.pixels_of(node)]

    def layers(self, document) -> list[list]:
        """Names and digests of all layers."""
        return [[node.name(), self.frames(node)] for node in children(document.rootNode())]

    # -- small things

    def _choice(self, weights: dict) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def tell(self, text: str) -> None:
        """Into the story, and into Krita's log, which is there when Krita is not."""
        self.story.append(f"{time.monotonic() - self.began:.3f} {text}")
        sys.stderr.write(f"trial {self.story[-1]}\n")
        sys.stderr.flush()


def allow(seconds: float) -> None:
    """Give the worker process so long for a tile, and a few times that to load its network."""
    from smart_lineart.inking.network.runtime import isolated

    isolated.RUN_SECONDS = seconds
    isolated.LOAD_SECONDS = min(PATIENT_SECONDS, LOADING * seconds)


def worker() -> int | None:
    """The network's process, found as anybody would."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            child = int(parent) == os.getpid() and state not in "ZX"
            if child and b"worker.py" in stat.with_name("cmdline").read_bytes():
                return int(stat.parent.name)
        except OSError:  # it has ended meanwhile
            continue
    return None


def click_no() -> bool:
    """Click "No" in the window that asks whether to save; whether it is there."""
    window = QtWidgets.QApplication.activeModalWidget()
    if window is None:
        return False
    buttons = QtWidgets.QDialogButtonBox.StandardButton
    for box in window.findChildren(QtWidgets.QDialogButtonBox):
        for which in (buttons.No, buttons.Discard):
            if box.button(which) is not None:
                box.button(which).click()
                return True
    return False


def known_errors() -> set[str]:
    """Names of the errors that are meant for the artist."""
    from smart_lineart.inking import InkError

    waiting, names = [InkError], set()
    while waiting:
        kind = waiting.pop()
        names.add(kind.__name__)
        waiting += kind.__subclasses__()
    return names
