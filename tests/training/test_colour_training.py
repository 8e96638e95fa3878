# SPDX-License-Identifier: GPL-3.0-or-later
"""Training on pictures: its losses, its pool, and its network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: training is NOT tested (requirements/train.txt)"
)

from smart_lineart.inking.picture.classes import PictureClass  # noqa: E402 (only where torch is)
from training.colour.export import ByteNet  # noqa: E402
from training.colour.losses import PICTURE_LOSSES  # noqa: E402
from training.colour.network import picture_net, take_trunk  # noqa: E402
from training.colour.train import PictureTraining, batches  # noqa: E402
from training.colour.truth import ANY_EDGE, UNSURE  # noqa: E402
from training.network import LineartNet  # noqa: E402


def pool(folder: Path, number: int, value: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pictures = np.full((3, 4, 32, 32), value, np.uint8)
    pictures[:, 3] = PictureClass.LINE
    np.save(folder / f"{number:05d}.npy", pictures)


@pytest.mark.parametrize("name", list(PICTURE_LOSSES))
def test_losses_fall_as_the_truth_is_told_and_heed_nothing_unsure(name: str) -> None:
    truth = torch.full((1, 8, 8), int(PictureClass.SHADE_EDGE))
    truth[:, 4:] = UNSURE
    logits = torch.zeros(1, len(PictureClass), 8, 8)
    told = logits.clone()
    told[:, PictureClass.SHADE_EDGE, :4] = 4
    astray = told.clone()
    astray[:, PictureClass.LINE, 4:] = 9
    loss = PICTURE_LOSSES[name]
    assert loss(told, truth) < loss(logits, truth)
    assert loss(astray, truth) == loss(told, truth)


@pytest.mark.parametrize("name", list(PICTURE_LOSSES))
def test_any_class_of_several_is_right(name: str) -> None:
    truth = torch.full((1, 8, 8), ANY_EDGE)
    losses = []
    for which in (PictureClass.SHADE_EDGE, PictureClass.COLOUR_EDGE, PictureClass.LINE):
        logits = torch.zeros(1, len(PictureClass), 8, 8)
        logits[:, which] = 8
        losses.append(float(PICTURE_LOSSES[name](logits, truth)))
    assert losses[0] == pytest.approx(losses[1])
    assert losses[2] > losses[0] + 1


def test_a_sketch_networks_trunk_sees_grey_as_it_did() -> None:
    sketches = LineartNet()
    net = picture_net()
    take_trunk(net, sketches.state_dict())
    grey = torch.rand(1, 1, 32, 32)
    seen, before = net.eval().features(grey.repeat(1, 3, 1, 1)), sketches.eval().features(grey)
    torch.testing.assert_close(seen, before, atol=1e-4, rtol=1e-3)
    red = torch.cat([grey, grey * 0, grey * 0], 1)
    assert (net.features(red) - sketches.features(grey / 3)).abs().max() > 1e-2


def test_the_rate_falls_with_the_time() -> None:
    training = PictureTraining("cpu", 1e-3)
    training.step = 1000
    rates = []
    for done in (0.0, 0.5, 1.0):
        training.done = done
        rates.append(training.learning_rate())
    assert rates == pytest.approx([1e-3, 0.51e-3, 0.02e-3])


def test_batches_take_files_in_that_come_later_and_forget_those_that_go(tmp_path: Path) -> None:
    pool(tmp_path / "a", 0, 10)
    stream = batches(tmp_path, 8, 1)
    first = next(stream)
    assert first.shape == (8, 4, 32, 32)
    assert first[:, :3].float().mean() < 15
    pool(tmp_path / "b", 0, 200)
    later = torch.cat([next(stream) for _ in range(60)])
    assert {round(float(one.float().mean()) / 100) for one in later[:, :3]} == {0, 2}
    (tmp_path / "a" / "00000.npy").unlink()
    last = torch.cat([next(stream) for _ in range(110)])[-80:]
    assert last[:, :3].float().mean() > 150
    assert set(later[:, 3].unique().tolist()) == {int(PictureClass.LINE)}


def test_a_few_steps_lower_the_loss_and_training_goes_on(tmp_path: Path) -> None:
    torch.manual_seed(0)
    pool(tmp_path / "pool", 0, 30)
    stream = batches(tmp_path / "pool", 4, 0)
    training = PictureTraining("cpu", 3e-2)
    losses = [float(training.update(next(stream))["class"]) for _ in range(12)]
    assert losses[-1] < 0.7 * losses[0]
    training.save(tmp_path / "checkpoint.pt")
    other = PictureTraining("cpu", 3e-2)
    other.load(tmp_path / "checkpoint.pt")
    assert other.step == 12


def test_classes_are_probabilities_in_bytes() -> None:
    net = ByteNet(picture_net().eval())
    maps = net(torch.randint(0, 256, (1, 3, 32, 48), dtype=torch.uint8))
    assert maps.shape == (1, len(PictureClass), 32, 48)
    assert (maps.int().sum(1) - 255).abs().max() <= 4
