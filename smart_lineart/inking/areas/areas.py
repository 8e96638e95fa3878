# SPDX-License-Identifier: GPL-3.0-or-later
"""What the areas of a lineart are, whoever found them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.enlarging import labels_on_page
from smart_lineart.inking.areas.packing import Packed, read_packed, write_packed
from smart_lineart.inking.arrays import Floats, Mask
from smart_lineart.inking.geometry import Rect

Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Areas:
    """The areas of a page. Everything but `labels` is in page px.

    Attributes:
        shape: (height, width) of the page.
        labels: int32 (h, w) at working scale: each pixel's area by its id, 0 the paper outside. No pixel is
            left for lines: areas meet under their middle.
        ids: int32 (n,), rising, above 0.
        boxes: a rectangle around each area.
        sizes: int64 (n,), how many page px each covers, as near as the working scale tells.
        ink: bool (h, w), where lines are.
        drawn: float32 (n,), the share of each outline that is ink; the rest is seams.
        seams: float32 (m, 2) each, x and y: where an area ends without a line.
        open_seams: the same for places where it could end, and does not.
    """

    shape: tuple[int, int]
    labels: Labels
    ink: Mask
    ids: NDArray[np.int32]
    boxes: tuple[Rect, ...]
    sizes: NDArray[np.int64]
    drawn: Floats
    seams: tuple[Floats, ...] = ()
    open_seams: tuple[Floats, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def scale(self) -> tuple[float, float]:
        """Working px per page px in x and y."""
        height, width = self.shape
        return self.labels.shape[1] / width, self.labels.shape[0] / height

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        lines = sum(line.nbytes for line in self.seams + self.open_seams)
        return (
            self.labels.nbytes
            + self.ink.nbytes
            + self.sizes.nbytes
            + self.ids.nbytes
            + self.drawn.nbytes
            + lines
        )

    @classmethod
    def of(
        cls,
        shape: tuple[int, int],
        labels: Labels,
        ink: Mask,
        drawn: dict[int, float],
        seams: tuple[Floats, ...] = (),
        open_seams: tuple[Floats, ...] = (),
    ) -> Areas:
        """The areas of a page of `shape` by their labels; `drawn` is each one's share of drawn outline."""
        ids, boxes, sizes = measured(labels, shape)
        share = np.array([drawn.get(one, 1.0) for one in ids.tolist()], np.float32)
        return cls(shape, labels, ink, ids, boxes, sizes, share, seams, open_seams)

    def on_page(self, region: Rect | None = None) -> Labels:
        """The labels at page scale: int32 (height, width) of a region in page px, or of all of the page.

        A region is the same, bit for bit, as that part of the whole.
        """
        height, width = self.shape
        return labels_on_page(self.labels, self.shape, region or Rect(0, 0, width, height))

    def relabelled(self, labels: Labels, drawn: dict[int, float] | None = None) -> Areas:
        """The same page with other labels; `drawn` tells of areas that are new."""
        known = dict(zip(self.ids.tolist(), self.drawn.tolist(), strict=True)) | (drawn or {})
        return Areas.of(self.shape, labels, self.ink, known, self.seams, self.open_seams)

    def moved_to(self, labels: Labels, ink: Mask, shape: tuple[int, int]) -> Areas:
        """Areas whose labels and ink were cut, turned or mirrored with their page, which is now of `shape`.

        Their seams are lost.
        """
        drawn = dict(zip(self.ids.tolist(), self.drawn.tolist(), strict=True))
        return Areas.of(shape, labels, ink, drawn)

    def pack(self) -> bytes:
        """The areas as they are kept in a document; :meth:`unpack` reads it."""
        return write_packed(
            Packed(self.shape, self.labels, self.ink, self.ids, self.drawn, self.seams, self.open_seams)
        )

    @classmethod
    def unpack(cls, data: bytes) -> Areas:
        """Read what :meth:`pack` wrote. Raises DamagedAreas, whatever the bytes are."""
        one = read_packed(data)
        drawn = dict(zip(one.ids.tolist(), one.drawn.tolist(), strict=True))
        return cls.of(one.shape, one.labels, one.ink, drawn, one.seams, one.open_seams)


def measured(
    labels: Labels, shape: tuple[int, int]
) -> tuple[NDArray[np.int32], tuple[Rect, ...], NDArray[np.int64]]:
    """Ids (n,), boxes and sizes (n,) in page px of the labels (h, w) of a page of `shape`."""
    tall, wide = labels.shape
    flat = labels.reshape(-1)
    # A run of one label in a row stands for all its pixels: there are few of them.
    breaks = np.ones((tall, wide), np.bool_)
    breaks[:, 1:] = labels[:, 1:] != labels[:, :-1]
    starts = np.flatnonzero(breaks)
    lengths = np.diff(np.append(starts, flat.size))
    found, number = np.unique(flat[starts], return_inverse=True)
    row, column = np.divmod(starts, wide)
    count = np.bincount(number, lengths, len(found))
    edges = []
    for values, ufunc, begin in (
        (column, np.minimum, wide),
        (row, np.minimum, tall),
        (column + lengths, np.maximum, 0),
        (row + 1, np.maximum, 0),
    ):
        edge = np.full(len(found), begin, np.int64)
        ufunc.at(edge, number, values)
        edges.append(edge)
    x, y = shape[1] / wide, shape[0] / tall
    left, right = np.floor(edges[0] * x), np.ceil(edges[2] * x)
    top, bottom = np.floor(edges[1] * y), np.ceil(edges[3] * y)
    kept = found > 0
    table = np.stack([left, top, right - left, bottom - top], 1)[kept].astype(np.int64).tolist()
    sizes = np.rint(count[kept] * x * y).astype(np.int64)
    return found[kept].astype(np.int32), tuple(Rect(*one) for one in table), sizes
