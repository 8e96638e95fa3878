# SPDX-License-Identifier: GPL-3.0-or-later
"""What any work on documents needs: the loop it goes in, the threads and the engine it uses, what is known of
sketches and linearts, and where to say how it went.
"""

from __future__ import annotations

from smart_lineart.inking import list_devices_isolated
from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.living import Gone, gone
from smart_lineart.krita_host.refreshing import refresh_when_idle
from smart_lineart.krita_host.undo_words import UndoWords
from smart_lineart.said import Said
from smart_lineart.studio.document.copies import Copies
from smart_lineart.studio.document.flats import FlatsMemory
from smart_lineart.studio.document.memory import Memory
from smart_lineart.studio.language.i18n import translated

from . import preferences
from .corrections import Corrections
from .engine import MEGABYTE, Engine, EngineOptions, FeatureCache
from .messages import Messages
from .own_brushes import OwnBrushes
from .paper import Paper
from .reveal import Reveal
from .steps import Loop, Pending, Work, Worker, start


class Context:
    """One for all documents, as long as Krita runs."""

    def __init__(self, loop: Loop, engine: Engine | None = None):
        self.loop = loop
        self._closing = False
        self.messages = Messages(application.active_document, application.is_open)
        self.brushes = OwnBrushes(application.user_folder() / "brushes")
        self.engine = engine or Engine(self._notice_from_thread)
        self.engine.find_style = self.brushes.find
        self.cache = FeatureCache()
        self.memory = Memory()
        self.flats = FlatsMemory()
        self.copies = Copies(self.memory, self._show_soon)
        self.undo_words = UndoWords()
        self.corrections = Corrections()
        self.paper = Paper(self.memory, self.work_on)
        self.reveal = Reveal(self.memory, self.paper, self._show_soon, self._show_now)
        self.ink_worker, self.render_worker = Worker(loop, "inking"), Worker(loop, "rendering")
        self.device_worker = Worker(loop, "devices")
        self.use(preferences.load_engine_options())

    def use(self, options: EngineOptions) -> None:
        """Runtime, device and memory for the runs to come."""
        self.engine.options = options
        self.memory.limit = options.memory * MEGABYTE

    def work_on(self, document: Document, work: Work) -> Pending:
        """Work on a document, step by step; it ends, and says nothing, when that is closed."""

        def failed(error: BaseException) -> None:
            if not isinstance(error, Gone):
                self.messages.report(error, of=document)

        return start(self.loop, work, lambda: gone(document), failed)

    def forget_closed(self) -> None:
        """Let go of what is known of documents that were closed."""
        self.cache.keep_only(application.is_open)
        self.memory.keep_only(application.is_open)
        self.flats.keep_only(application.is_open)

    def look_for_devices(self) -> Pending:
        """Ask what inking can run on, on a thread of its own: a driver or a stuck process may take long."""
        return self.device_worker.submit(lambda: list_devices_isolated(lambda: self._closing))

    def close(self) -> None:
        """Krita is closing: wait a moment for the threads."""
        self._closing = True
        for worker in (self.ink_worker, self.render_worker, self.device_worker):
            worker.stop()

    def _show_soon(self, document: Document) -> None:
        """Show what was changed in a document, once nobody is painting."""
        self.work_on(document, refresh_when_idle(document))

    def _show_now(self, document: Document) -> None:
        """The same while the mouse is down in the docker."""
        self.work_on(document, refresh_when_idle(document, dragging=True))

    def _notice_from_thread(self, said: Said) -> None:
        self.loop.post(lambda: self.messages.say(translated(said)))
