# SPDX-License-Identifier: GPL-3.0-or-later
"""What an earlier network says is learned as its mean over reflections, and not near blacks."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from training.network import LineartNet  # noqa: E402
from training.teacher import BESIDE, Teacher, taught_loss  # noqa: E402
from training.train import Training  # noqa: E402

WIDTHS = (4, 4, 4, 4)


@pytest.fixture
def teacher(tmp_path: Path) -> Teacher:
    torch.manual_seed(0)
    net = LineartNet(WIDTHS)
    torch.save({"average": net.state_dict()}, tmp_path / "weights.pt")
    return Teacher(LineartNet(WIDTHS), tmp_path / "weights.pt")


def test_a_reflected_patch_is_told_the_same(teacher: Teacher) -> None:
    sketch = torch.rand(2, 1, 32, 48)
    said = teacher.says(sketch)
    for axes in ((2,), (3,), (2, 3)):
        torch.testing.assert_close(teacher.says(sketch.flip(axes)).flip(axes), said)
    assert not said.requires_grad


def test_nothing_is_learned_of_it_near_blacks() -> None:
    logits = torch.zeros(1, 2, 40, 40, requires_grad=True)
    solid = torch.zeros(1, 40, 40)
    solid[:, 20, 20] = 1
    sum(taught_loss(logits, torch.full((1, 2, 40, 40), 0.9), solid).values()).backward()
    learned = logits.grad.abs().sum(1)[0] > 0
    near = slice(20 - BESIDE, 20 + BESIDE + 1)
    assert not learned[near, near].any()
    assert learned.sum() == 40 * 40 - (2 * BESIDE + 1) ** 2


def test_a_training_with_a_teacher_has_its_losses_too(teacher: Teacher) -> None:
    training = Training("cpu", 1e-3, 10, net=LineartNet(WIDTHS))
    batch = torch.randint(0, 255, (2, 3, 32, 32), dtype=torch.uint8)
    assert set(training.losses(batch)) == {"line", "solid"}
    training.teacher = teacher
    assert set(training.losses(batch)) == {"line", "solid", "taught line", "taught solid"}
