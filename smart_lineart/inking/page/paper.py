# SPDX-License-Identifier: GPL-3.0-or-later
"""From luma to darkness: takes away the paper's tone and uneven light, and evens out the contrast.

The network sees the same kind of picture whether the artist drew on white, cream or black, scanned or
photographed: 0 is paper, about 210 the page's firm lines, 255 black.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Luma
from smart_lineart.inking.page.scale import panel_side
from smart_lineart.inking.raster.resampling import resize, resize_in_strips

SURVEY_SIDE = 800  # px: long side of the picture the paper is judged on
SAMPLE_SIDE = 1500  # px: longest side of the sample that statistics are taken of
MANY, SAMPLE = 100_000, 16_384  # values whose median a sample of about so many brackets
STRIP = 256  # rows of a page worked at once
BLOCK = 16  # px of that picture per cell of the paper's tone
GENTLE = 0.03  # of luma per cell: light's slope across the paper; drawn areas' edges are steeper
DRAWN_OVER = 3  # cells: areas up to twice as wide that are dark throughout count as drawn, not as shadow
FIRM_LINE = 0.82  # darkness that the page's firm lines are brought to
MAX_GAIN = 60.0  # lines fainter than this are less than four levels of 255 darker than the paper
USUAL_GAIN = 5.0  # up to which the paper's grain stays as it is
QUIET = 0.05  # darkness that grain's standard deviation may come to in fainter sketches
MOST_PASSES = 12  # of smoothing
TONE_STEPS = 512  # of luma, or of dark paper's own, that the paper's tone is told in
LEAST_PAPER = 0.001  # of luma; paper is never darker
DARK_PAPER = 0.1  # luma of paper whose tone is told in finer steps
MIN_CONTRAST = 0.02  # of luma; below, the page is blank
SPREAD = 1.48  # standard deviations of normal noise in its median deviation
GRAIN = 9.0  # median deviations of 3 x 3 means, six standard deviations, that paper's grain does not reach
SURELY_DRAWN = 0.5  # relative darkness that no grain reaches


@dataclass(frozen=True)
class Paper:
    """The paper under a sketch.

    Attributes:
        tone: float32 (rows, columns) of the paper's luma, laid evenly over the page; of the inverted luma
            when `inverted`.
        inverted: whether lines are lighter than the paper.
        darkest: luma below which no part of this paper should be taken to be.
    """

    tone: Luma
    inverted: bool
    darkest: float

    def relative_darkness(self, luma: Luma | NDArray[np.uint16]) -> Luma:
        """Darkness relative to the paper, float32 (H, W), 0 paper, of the whole page's luma.

        `luma` has any resolution; float 0..1, or uint16.
        """
        out = np.empty(luma.shape, np.float32)
        for top, tone in resize_in_strips(self.tone, luma.shape[0], luma.shape[1], STRIP):
            strip = out[top : top + STRIP]
            strip[:] = luma[top : top + STRIP]
            if luma.dtype == np.uint16:
                strip *= np.float32(1 / 65535)
            if self.inverted:
                np.subtract(np.float32(1.0), strip, out=strip)
            strip /= tone
            np.subtract(np.float32(1.0), strip, out=strip)
        return out


def _neighbours(cells: Luma) -> Luma:
    """(9, rows, columns): every cell's 3 x 3 neighbourhood; gentle slopes go on beyond the page.

    Were edges repeated, a closing would take the dark end of a page in uneven light for a drawn area.
    """
    padded = np.pad(cells, 1, mode="edge")
    slopes = padded - np.pad(cells, 1, mode="reflect")
    padded += np.clip(slopes, -GENTLE, GENTLE, out=slopes)
    rows, columns = cells.shape
    return np.stack([padded[y : y + rows, x : x + columns] for y in range(3) for x in range(3)])


def _cells(survey: Luma, darkest: float | None) -> Luma:
    """Paper luma per block: the brighter part of the block, so that lines do not count."""
    rows, columns = -(-survey.shape[0] // BLOCK), -(-survey.shape[1] // BLOCK)
    padded = np.pad(
        survey, ((0, rows * BLOCK - survey.shape[0]), (0, columns * BLOCK - survey.shape[1])), "edge"
    )
    blocks = padded.reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2).reshape(rows, columns, BLOCK * BLOCK)
    place = round(0.8 * (BLOCK * BLOCK - 1))
    cells = np.partition(blocks, place, axis=2)[:, :, place]
    # Steps hide what a single stroke does to a block, so that an edit is not felt all around it.
    steps = np.float32(TONE_STEPS / _coarseness(_darkest(cells) if darkest is None else darkest))
    return np.asarray(np.rint(cells * steps) / steps, np.float32)


def _darkest(cells: Luma) -> float:
    """Luma below which no part of the paper is taken to be."""
    return max(0.4 * float(np.percentile(cells, 60)), LEAST_PAPER)


def _coarseness(darkest: float) -> float:
    """What one step of paper's tone is multiplied by: a power of two, less than 1 for very dark paper."""
    return 2.0 ** math.floor(math.log2(darkest / (0.4 * DARK_PAPER))) if darkest < 0.4 * DARK_PAPER else 1.0


def _smoothed(cells: Luma) -> Luma:
    """A closing: what is darker than all around it is drawn over, while a shadow's edge stays in place."""
    for pick in (np.max, np.min):
        for _ in range(DRAWN_OVER):
            cells = np.asarray(pick(_neighbours(cells), axis=0), np.float32)
    return _neighbours(cells).mean(0, dtype=np.float32)


def lighter_on_darker(luma: NDArray[np.uint16] | Luma) -> bool:
    """Whether a page has light lines on dark paper, from its luma at any resolution (any unit)."""
    step = max(1, round(max(luma.shape) / SURVEY_SIDE))
    sample = luma[::step, ::step]
    least, middle, most = (float(value) for value in np.percentile(sample, (0.5, 50, 99.5)))
    # Dark paper alone is not enough: a photo in bad light is dark, yet its lines are darker still.
    full = 65535.0 if luma.dtype == np.uint16 else 1.0
    return middle < 0.5 * full and most - middle > 1.5 * (middle - least)


def judge_paper(
    luma: NDArray[np.uint16],
    *,
    side: int | None = None,
    inverted: bool | None = None,
    darkest: float | None = None,
) -> Paper:
    """Find paper tone and polarity from the page's luma at any resolution (uint16).

    `side` is the page's long side in px, or that of a strip's panel, the luma's own if it is left out;
    `inverted` and `darkest` are taken as given if they are. A change of the page is then felt within 9 blocks
    of it only.
    """
    height, width = luma.shape
    own = panel_side(luma.shape)
    shrink = own / min(side or own, SURVEY_SIDE)
    survey = resize(luma, max(1, round(height / shrink)), max(1, round(width / shrink)))
    survey *= np.float32(1 / 65535)
    if inverted is None:
        inverted = lighter_on_darker(survey)
    if inverted:
        np.subtract(np.float32(1.0), survey, out=survey)
    cells = _cells(survey, darkest)
    found = _darkest(cells)
    tone = np.maximum(_smoothed(cells), np.float32(found if darkest is None else darkest))
    return Paper(np.asarray(tone, np.float32), inverted, found)


def _mean_of_three(image: Luma, axis: int, step: int) -> Luma:
    """Every `step`-th row or column averaged with the two beside it."""
    lines = image.swapaxes(0, axis)
    total = lines[::step].copy(order="K")
    total[0] += lines[0]
    total[1:] += lines[step - 1 : -1 : step][: len(total) - 1]
    after = lines[1::step]
    total[: len(after)] += after
    total[len(after) :] += lines[-1]
    total *= np.float32(1 / 3)
    return total.swapaxes(0, axis)


def median(values: Luma) -> float:
    """The median of an array without NaN, to the last bit numpy's; quicker where values are many."""
    flat = values.reshape(-1)
    first, last = (flat.size - 1) // 2, flat.size // 2
    if flat.size > MANY:
        # It lies near the middle of a sample: four standard deviations of its rank there.
        sample = np.sort(flat[:: flat.size // SAMPLE])
        low, high = sample[len(sample) // 2 + np.array((-2, 2)) * round(len(sample) ** 0.5)]
        below = int(np.count_nonzero(flat < low))
        first, last = first - below, last - below
        if first >= 0 and last < np.count_nonzero(flat <= high) - below:
            if low == high:  # blank paper
                return float(low)
            near = np.partition(flat[(flat >= low) & (flat <= high)], (first, last))
            return float(near[first : last + 1].mean())
    return float(np.median(flat))


def _steps(image: Luma) -> tuple[int, int]:
    """Steps in y and x at which a page's statistics are taken: finer ones tell nothing new."""
    return -(-image.shape[0] // SAMPLE_SIDE), -(-image.shape[1] // SAMPLE_SIDE)


def _is_blank(relative: Luma) -> bool:
    """Whether nothing stands out from the paper's grain."""
    step_y, step_x = _steps(relative)
    # Means over 3 x 3: grain averages out, strokes hardly do, and grain that white clips gets a spread.
    soft = _mean_of_three(_mean_of_three(relative, 0, step_y), 1, step_x)
    middle = median(soft)
    grain = median(np.abs(soft - middle))
    # On a page drawn over everywhere the drawing itself is what spreads.
    threshold = max(middle, min(middle + GRAIN * grain, SURELY_DRAWN))
    drawn = np.count_nonzero((soft > threshold) & (relative[::step_y, ::step_x] > MIN_CONTRAST))
    return bool(drawn < max(4, soft.size * 2e-5))


def firm_darkness(relative: Luma) -> float:
    """Darkness of the page's firm lines: the upper part of what stands out from the paper's noise; 0 if
    blank.
    """
    if _is_blank(relative):
        return 0.0
    step_y, step_x = _steps(relative)
    sample = relative[::step_y, ::step_x]
    noise = median(np.abs(sample - np.float32(median(sample))))
    ink = sample[sample > max(MIN_CONTRAST, 6.0 * noise)]
    if ink.size < max(4, sample.size * 2e-5):
        return 0.0
    return float(np.percentile(ink, 90))


def smoothing(relative: Luma, firm: float) -> int:
    """How many times a page of so faint lines is to be smoothed, so that its grain is not taken for lines."""
    gain = network_gain(firm)
    if gain <= USUAL_GAIN:
        return 0
    step_y, step_x = _steps(relative)
    sample = relative[::step_y, ::step_x]
    grain = SPREAD * median(np.abs(sample - np.float32(median(sample)))) * gain
    # White noise, smoothed n times by (1 2 1) / 4 both ways, is divided by the root of 2 pi n.
    return min(MOST_PASSES, math.ceil((grain / QUIET) ** 2 / (2 * math.pi))) if grain > QUIET else 0


def smoothed(relative: Luma, passes: int) -> Luma:
    """Relative darkness smoothed by (1 2 1) / 4 both ways so many times."""
    for _ in range(passes):
        for axis in (0, 1):
            lines = relative.swapaxes(0, axis)
            ends = lines[:1], lines[-1:]
            padded = np.concatenate([ends[0], lines, ends[1]])
            soft = padded[:-2] + padded[2:]
            soft += 2 * lines
            soft *= np.float32(0.25)
            relative = soft.swapaxes(0, axis)
    return np.ascontiguousarray(relative)


def network_gain(firm: float) -> float:
    """What relative darkness is multiplied by, for firm lines of this relative darkness."""
    return float(np.clip(FIRM_LINE / max(firm, 1e-6), 0.9, MAX_GAIN))


def network_darkness(relative: Luma, firm: float) -> NDArray[np.uint8]:
    """Relative darkness -> the network's input, uint8: firm lines at FIRM_LINE, paper and lighter at 0."""
    scaled = relative * np.float32(network_gain(firm) * 255.0)
    return np.asarray(np.clip(np.rint(scaled, out=scaled), 0, 255, out=scaled), np.uint8)
