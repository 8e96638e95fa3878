# SPDX-License-Identifier: GPL-3.0-or-later
"""The learned head's figures are 0 for the truth itself, and the strip enters the head alone."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from training.brush_head import BrushNet, StripEncoder, figures  # noqa: E402 (they need torch)
from training.brushes import GRAINS  # noqa: E402


def line(width: float, tone: float = 1.0, rough: float = 0.0) -> np.ndarray:
    y = np.abs(np.arange(200) - 99.5)[:, None]
    ink = tone * np.clip(width / 2 - y + 0.5, 0, 1) * np.ones((1, 200))
    return ink * (1 - rough * np.random.default_rng(0).random((200, 200)))


def test_the_truth_has_no_error() -> None:
    truth = line(16.0, rough=0.5)
    assert all(abs(value) < 1e-6 for value in figures(truth, truth, 16.0).values())


def test_each_figure_sees_its_own_fault() -> None:
    truth = line(16.0, rough=0.5)
    broad, smooth = figures(line(20.0, rough=0.5), truth, 16.0), figures(line(16.0, 0.75), truth, 16.0)
    bare = figures(truth * (np.arange(200) % 20 > 4), truth, 16.0)
    assert broad["width"] == pytest.approx(0.25, abs=0.06)
    assert abs(smooth["width"]) < 0.1
    # Not -1: without grain, too, a line's edges differ from softened ones: -0.46 to -0.47 with other grains.
    assert smooth["rough"] == pytest.approx(-0.46, abs=0.03)
    assert bare["bare"] == pytest.approx(0.25, abs=0.05)
    assert bare["cover"] > 0.1


def test_strips_are_told_apart_and_change_nothing_in_the_trunk() -> None:
    torch.manual_seed(0)
    net = BrushNet().eval()
    strips = torch.rand(2, 1, 64, 256)
    assert StripEncoder()(strips).shape == (2, 32)
    darkness, grain = torch.rand(1, 1, 32, 32), torch.rand(1, len(GRAINS), 32, 32)
    seen = []
    net.trunk.out.register_forward_hook(lambda *_: seen.append("maps"))
    with torch.no_grad():
        inks = [net(darkness, grain, torch.tensor([4.0]), strip[None]) for strip in strips]
        again = net(darkness, grain, torch.tensor([4.0]), strips[:1])
    assert inks[0].shape == (1, 32, 32)
    assert not torch.equal(inks[0], inks[1])
    assert torch.equal(inks[0], again)
    assert not seen, "the maps are not needed to paint"
