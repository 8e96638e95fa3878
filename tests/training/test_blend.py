# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights between two checkpoints of one network."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from training.blend import blend  # noqa: E402
from training.network import LineartNet  # noqa: E402


def checkpoint(path: Path, value: float, widths: tuple[int, ...] = (4, 8, 8, 8)) -> Path:
    """A small network's, all of whose weights are `value`."""
    state = LineartNet(widths).state_dict()
    state = {n: torch.full_like(v, value) if v.dtype.is_floating_point else v for n, v in state.items()}
    torch.save({"net": state, "average": state, "step": int(10 * value)}, path)
    return path


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.25, 1.5), (1.0, 3.0)])
def test_weights_lie_at_the_share_asked_for(tmp_path: Path, share: float, value: float) -> None:
    out = tmp_path / "out.pt"
    blend(checkpoint(tmp_path / "a.pt", 1.0), checkpoint(tmp_path / "b.pt", 3.0), out, share)
    state = torch.load(out, weights_only=True)
    weights = [v for v in state["average"].values() if v.dtype.is_floating_point]
    assert all(torch.allclose(v, torch.full_like(v, value)) for v in weights)
    assert state["step"] == 30
    LineartNet((4, 8, 8, 8)).load_state_dict(state["net"])


def test_other_networks_are_refused(tmp_path: Path) -> None:
    before = checkpoint(tmp_path / "a.pt", 1.0)
    after = checkpoint(tmp_path / "b.pt", 1.0, widths=(4, 8, 8, 16))
    with pytest.raises(ValueError, match="different networks"):
        blend(before, after, tmp_path / "out.pt", 0.5)
