# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps settings for parts of a lineart apart, and the artist on their layer."""

from __future__ import annotations

from .protection import Protection

SESSION = ("tests/studio/test_session.py", "-k", "APart")
FRAMES = ("tests/studio/test_running.py", "-k", "Keyframes")

PARTS = (
    Protection(
        15,
        "a drag hears only what is set for its own part",
        "smart_lineart/studio/runs/sliders.py",
        "same = [drag for drag in here if drag.where == where]",
        "same = here",
        SESSION,
    ),
    Protection(
        15,
        "a drag of another part ends",
        "smart_lineart/studio/runs/sliders.py",
        "if drag.where != where:",
        "if False:",
        SESSION,
    ),
    Protection(
        15,
        "parts in one box are told apart by their shapes",
        "smart_lineart/krita_host/document.py",
        "return cls(box, shape)",
        "return cls(box, 0)",
        SESSION,
    ),
    Protection(
        15,
        "a lineart on a new layer takes parts over",
        "smart_lineart/studio/runs/run.py",
        "if older is not None and job.selection is None:\n            parts",
        "if False:\n            parts",
        SESSION,
    ),
    Protection(
        15,
        "parts lie over the sketch, wherever the older layer was moved",
        "smart_lineart/inking/renewing/renewal.py",
        "record if self._is_away(fresh) else self.record",
        "self.record",
        ("tests/inking/renewing/test_regional.py", "-k", "NewLayer"),
    ),
    Protection(
        15,
        "frames remember what was set inside a selection",
        "smart_lineart/studio/runs/frame_renewal.py",
        "return replace(fresh, values=job.settings.apart_from(whole))",
        "return fresh",
        FRAMES,
    ),
    Protection(
        15,
        "what was set for a part of the frames is not the whole's",
        "smart_lineart/studio/runs/frame_renewal.py",
        "settings = whole if self._is_of_part and whole is not None else job.settings",
        "settings = job.settings",
        FRAMES,
    ),
    Protection(
        15,
        "frames are drawn with what was set for parts",
        "smart_lineart/studio/runs/keyframes.py",
        "for region in record.regions] if record",
        "for region in ()] if record",
        FRAMES,
    ),
    Protection(
        15,
        "new ink for corrections has the whole's colour",
        "smart_lineart/studio/runs/renewing.py",
        "if pixel is not None and settings is not None and base.record.regions:",
        "if False:",
        ("tests/studio/test_session.py", "-k", "new_ink_for"),
    ),
    Protection(
        15,
        "a lifted sketch is laid again where nothing was inked",
        "smart_lineart/studio/runs/run.py",
        "if not self._is_in:\n                reveal.lay_again(job.document, lifted)\n        except",
        "if False:\n                reveal.lay_again(job.document, lifted)\n        except",
        ("tests/studio/test_session.py", "-k", "Group"),
    ),
    Protection(
        15,
        "the artist stays on their layer where Krita selects before it tells",
        "smart_lineart/studio/runs/staying.py",
        "layer = document.layer(at[1].identity) or layer",
        "pass",
        ("tests/studio/test_staying.py",),
    ),
    Protection(
        15,
        "the artist stays on their layer however long Krita takes for a step",
        "smart_lineart/studio/runs/staying.py",
        "self._left -= idle",
        "self._left -= 1",
        ("tests/studio/test_staying.py",),
    ),
    Protection(
        15,
        "who goes to a lineart right after an undo stays there",
        "smart_lineart/studio/runs/staying.py",
        "came = now.identity not in self._stayed and ",
        "came = ",
        ("tests/studio/test_staying.py",),
    ),
    Protection(
        15,
        "a document closed while Krita converts a layer is not touched",
        "smart_lineart/krita_host/lineart.py",
        "if home is not None and application.is_open(document):",
        "if home is not None:",
        ("tests/krita_host/test_writing_and_reading.py", "-k", "closed_while"),
    ),
    Protection(
        15,
        "only Krita's own word for it is worded as a step of ours",
        "smart_lineart/krita_host/undo_words.py",
        "if application.step_named(one) == krita_says]",
        "if application.step_named(one)]",
        ("tests/krita_host/test_undo_words.py",),
    ),
)
