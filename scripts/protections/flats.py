# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps an artist's colours and strokes on flats."""

from __future__ import annotations

from .protection import Protection

PLACING = "smart_lineart/inking/renewing/flats_placing.py"
RENEWED = "tests/inking/renewing/test_flats.py"
WRITERS = "tests/studio/test_writers.py"

FLATS = (
    Protection(
        17,
        "strokes painted while flats are made stay",
        "smart_lineart/krita_host/flats_layer.py",
        "(wanted != old).any(axis=-1) & (now == old).all(axis=-1)",
        "(wanted != old).any(axis=-1)",
        (WRITERS, "-k", "painted_while_flats"),
    ),
    Protection(
        17,
        "strokes over areas are the artist's",
        "smart_lineart/inking/renewing/flats.py",
        "return np.where(self.own[here], self.shown[here], wanted)",
        "return wanted",
        (RENEWED, "-k", "byte_for_byte"),
    ),
    Protection(
        17,
        "flats that were moved are read where they lie",
        PLACING,
        "return Placed(before, shape, registration)",
        "return Placed(before, shape)",
        (RENEWED, "-k", "to_the_pixel"),
    ),
    Protection(
        17,
        "colours go along with a lineart that was moved without its flats",
        PLACING,
        "return replace(before, registration=moved)",
        "return before",
        (RENEWED, "-k", "moved_without"),
    ),
    Protection(
        17,
        "mixed colours that scaling leaves are no strokes",
        "smart_lineart/inking/renewing/flats.py",
        "shown if placed.registration is None else own.astype(np.int32)",
        "own.astype(np.int32)",
        (RENEWED, "-k", "rims_of_scaling"),
    ),
    Protection(
        17,
        "a dab that is taken back leaves no colour",
        "smart_lineart/inking/renewing/flats.py",
        "wanted = _lookup(areas, colours)[areas.on_page(part)]",
        "wanted = _lookup(self.areas, self.colours)[areas.on_page(part)]",
        (WRITERS, "-k", "a_dab_colours"),
    ),
    Protection(
        17,
        "flats that the artist may have painted on are not written without a step",
        "smart_lineart/studio/runs/hints.py",
        "if owner_of(document, layer.identity):",
        "if False:",
        (WRITERS, "-k", "is_noticed"),
    ),
    Protection(
        17,
        "strokes in the layers of a group of flats stay",
        "smart_lineart/inking/renewing/flats_parts.py",
        "np.where((self.changed & ours)[..., None], then, was)",
        "then",
        ("tests/inking/renewing/test_flats_parts.py", "-k", "keeps_strokes"),
    ),
    Protection(
        17,
        "strokes painted while a group of flats is made stay",
        "smart_lineart/krita_host/flats_group.py",
        "changed=here.changed & ~late",
        "changed=here.changed",
        (WRITERS, "-k", "painted_in_a_group"),
    ),
    Protection(
        17,
        "a stroke that comes as flats become a group is not lost",
        "smart_lineart/studio/runs/flats_run.py",
        "if not surface.stays:",
        "if False:",
        (WRITERS, "-k", "a_stroke_on_flats_that_become"),
    ),
    Protection(
        17,
        "what the artist puts into flats while they are converted stays",
        "smart_lineart/studio/runs/flats_run.py",
        "self._refuse_more_than_flats(surface)  # again",
        "pass  # again",
        ("tests/studio/test_flats_safety.py", "-k", "while_they_are_converted"),
    ),
    Protection(
        17,
        "layers that are not known to be ours are left alone",
        "smart_lineart/studio/runs/flats_run.py",
        "surface is not None and surface.is_strange:",
        "surface is None:",
        ("tests/studio/test_flats_safety.py", "-k", "not_known_to_be_ours"),
    ),
    Protection(
        17,
        "flats become no others where a layer of the artist's would be lost",
        "smart_lineart/studio/runs/flats_run.py",
        "if surface.is_plain:",
        "if True:",
        (WRITERS, "-k", "with_a_mask"),
    ),
    Protection(
        17,
        "flats of a page that was resized meanwhile are not written",
        "smart_lineart/studio/runs/flats_run.py",
        "return bool(self._job.document.page != self._page)",
        "return False",
        (WRITERS, "-k", "resized"),
    ),
    Protection(
        17,
        "hints do not spread into what the artist coloured",
        "smart_lineart/inking/areas/spreading.py",
        "if other in given or other in chosen or crossed > spread",
        "if other in given or crossed > spread",
        (WRITERS, "-k", "hints_spread"),
    ),
    Protection(
        17,
        "a note on flats is cut short",
        "smart_lineart/studio/document/flats.py",
        "tuple(known[-most:])",
        "tuple(known)",
        ("tests/studio/test_flats_memory.py", "-k", "cut_short"),
    ),
    Protection(
        17,
        "flats of an image that was mirrored under hints are not written from memory",
        "smart_lineart/studio/runs/flats_run.py",
        " or not (yield from target.shows(patch.area, patch.before, patch.made.table.pixels)):",
        ":",
        ("tests/studio/test_flats_run.py", "-k", "mirrored"),
    ),
)
