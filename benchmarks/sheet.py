# SPDX-License-Identifier: GPL-3.0-or-later
"""Contact sheets: images side by side with captions, as whole pages and as crops at 1:1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

CELL = 480
"""Pixels: the box that a whole image is fitted into, and the side of a crop."""
GAP = 8
TITLE = 26
CAPTION = 22
ROWS_PER_SHEET = 5


@dataclass(frozen=True)
class Cell:
    """An image for a sheet, reduced to what is shown of it. `caption` stands under it."""

    caption: str
    whole: Image.Image
    crop: Image.Image


@dataclass(frozen=True)
class Row:
    """One subject's images, all of one size."""

    title: str
    cells: list[Cell]


def make_cell(image: np.ndarray, caption: str, crop_at: tuple[int, int]) -> Cell:
    """From uint8, H x W, RGB or RGBA; `crop_at`: the crop's top left pixel (y, x)."""
    shown = Image.fromarray(image)
    if shown.mode == "RGBA":
        shown = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
    shown = shown.convert("RGB")
    y, x = crop_at
    crop = shown.crop((x, y, min(shown.width, x + CELL), min(shown.height, y + CELL)))
    whole = shown.copy()
    whole.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    return Cell(caption, whole, crop)


def busiest_place(darkness: np.ndarray) -> tuple[int, int]:
    """Top left (y, x) of the CELL x CELL window with most in it; `darkness`: float32 H x W, 0 paper."""
    height, width = darkness.shape
    sums = cv2.integral(darkness)
    tall, wide = min(CELL, height), min(CELL, width)
    windows = sums[tall:, wide:] - sums[:-tall, wide:] - sums[tall:, :-wide] + sums[:-tall, :-wide]
    y, x = np.unravel_index(np.argmax(windows), windows.shape)
    return int(y), int(x)


def write_sheets(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Write `sheet-N.png` with whole images and `crops-N.png` at 1:1, a few rows each; the paths written."""
    written = []
    for number, start in enumerate(range(0, len(rows), ROWS_PER_SHEET), 1):
        shown = rows[start : start + ROWS_PER_SHEET]
        for kind, crops in (("sheet", False), ("crops", True)):
            path = folder / f"{kind}-{number}.png"
            _compose(shown, crops=crops).save(path)
            written.append(path)
    return written


def _compose(rows: Sequence[Row], *, crops: bool) -> Image.Image:
    columns = max(len(row.cells) for row in rows)
    heights = [TITLE + CAPTION + GAP + max(_shown(cell, crops).height for cell in row.cells) for row in rows]
    sheet = Image.new("RGB", (GAP + columns * (CELL + GAP), GAP + sum(heights)), (200, 200, 200))
    pen = ImageDraw.Draw(sheet)
    title_font, caption_font = ImageFont.load_default(18), ImageFont.load_default(15)
    y = GAP
    for row, height in zip(rows, heights, strict=True):
        pen.text((GAP, y), row.title, fill="black", font=title_font)
        for column, cell in enumerate(row.cells):
            x = GAP + column * (CELL + GAP)
            sheet.paste(_shown(cell, crops), (x, y + TITLE))
            pen.text((x, y + height - CAPTION - GAP), cell.caption, fill="black", font=caption_font)
        y += height
    return sheet


def _shown(cell: Cell, crops: bool) -> Image.Image:
    return cell.crop if crops else cell.whole
