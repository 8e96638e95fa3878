# SPDX-License-Identifier: GPL-3.0-or-later
"""The network's size, its export, and training that goes on where it stopped."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: training is NOT tested (requirements/train.txt)"
)

from smart_lineart.inking import load_model  # noqa: E402 - after the skip
from smart_lineart.inking.network.runtime import load_network  # noqa: E402
from training.export import export, keep_weights, receptive_field  # noqa: E402
from training.losses import LINE_LOSSES, cl_dice, geometry_loss, loss_map  # noqa: E402
from training.network import STRIDE, LineartNet, count_macs  # noqa: E402
from training.scenes import Sources  # noqa: E402
from training.train import PatchStream, Pool, Training  # noqa: E402


def test_network_keeps_within_its_budget() -> None:
    assert count_macs() <= 30_000
    assert receptive_field(LineartNet().eval()) >= 200


def test_loss_is_least_for_the_truth() -> None:
    line = torch.zeros(1, 32, 32)
    line[:, 10:13] = 1
    solid = torch.zeros_like(line)
    right = torch.stack([line * 20 - 10, torch.full_like(line, -10)], 1)
    wrong = right.clone()
    wrong[:, 0] = torch.roll(right[:, 0], 6, 1)
    right_loss, wrong_loss = (sum(geometry_loss(x, line, solid).values()) for x in (right, wrong))
    assert right_loss < 0.01 < wrong_loss


def lines_and_gap() -> tuple[torch.Tensor, torch.Tensor]:
    """A line 3 px wide on 32 x 32 px, and the same with a gap of 4 px."""
    line = torch.zeros(1, 32, 32)
    line[:, 14:17, 2:30] = 1
    gap = line.clone()
    gap[:, :, 14:18] = 0
    return line, gap


def test_every_line_loss_is_least_for_the_truth() -> None:
    line, gap = lines_and_gap()
    for name, loss in LINE_LOSSES.items():
        assert loss(line * 20 - 10, line) < 0.01, name
        assert loss(gap * 20 - 10, line) > loss(line * 20 - 10, line) + 0.005, name


def test_the_loss_map_of_2016_weighs_thin_lines_as_paper_and_thick_ones_less() -> None:
    page = torch.zeros(1, 32, 32)
    page[:, 4, :] = 1  # thin
    page[:, 12:24, :] = 1  # thick
    weight = loss_map(page)
    assert (weight[page == 0] == 1).all()
    assert weight[0, 4, 16] == 1  # a fifth of its window: 6 exp(-0.2) - 2 > 1
    assert weight[0, 18, 16] == pytest.approx(6 * math.exp(-1) - 2, abs=1e-5)


def test_centreline_dice_sees_a_gap_but_not_a_thicker_line() -> None:
    line, gap = lines_and_gap()
    thick = torch.nn.functional.max_pool2d(line[:, None], 3, 1, 1)[:, 0]
    whole, broken, thicker = (float(cl_dice(guess, line)) for guess in (line, gap, thick))
    assert whole < 1e-6
    assert broken > 0.03
    assert thicker < broken / 2


def test_training_learns_and_resumes_exactly(corpus_folder: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    stream = iter(PatchStream(Sources.load(corpus_folder), 64, seed=1, reuse=2))
    first, second = (torch.from_numpy(np.stack([next(stream) for _ in range(4)])) for _ in range(2))
    training = Training("cpu", 2e-3, total_steps=1000)

    def learn(one: Training, batch: torch.Tensor) -> dict[str, float]:
        return {name: float(loss) for name, loss in one.update(batch).items()}

    losses = [sum(learn(training, first).values()) for _ in range(25)]
    assert losses[-1] < 0.7 * losses[0]
    training.save(tmp_path / "checkpoint.pt")
    resumed = Training("cpu", 2e-3, total_steps=1000)
    resumed.load(tmp_path / "checkpoint.pt")
    assert resumed.step == training.step == 25
    assert learn(training, second) == pytest.approx(learn(resumed, second), rel=1e-3)
    assert learn(training, first) == pytest.approx(learn(resumed, first), rel=1e-2)


def test_exported_model_gives_what_the_network_gives(tmp_path: Path) -> None:
    torch.manual_seed(1)
    training = Training("cpu", 2e-3, total_steps=10)
    for module in training.average.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # as training leaves it: nothing at its default
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 1.5)
    training.save(tmp_path / "checkpoint.pt")
    export(tmp_path / "checkpoint.pt", tmp_path / "lineart", version="0")
    model = load_model(tmp_path / "lineart")
    assert model.stride == STRIDE
    tile = np.random.default_rng(0).integers(0, 256, (1, 1, 48, 80), dtype=np.uint8)
    with torch.no_grad():
        logits = training.average.eval()(torch.from_numpy(tile).float() / 255)
    want = (torch.sigmoid(logits) * 255).numpy()
    network, _, _ = load_network(model.onnx, runtime="onnxruntime", device="cpu", threads=1, notify=None)
    got = network.run(tile)
    network.close()
    assert np.abs(got.astype(float) - want).max() <= 1.0


def test_kept_weights_are_small_and_training_starts_from_their_average(tmp_path: Path) -> None:
    training = Training("cpu", 2e-3, total_steps=10)
    training.update(torch.randint(0, 256, (1, 3, 32, 32), dtype=torch.uint8))
    training.average.stem[0].weight.data.uniform_(0.5, 1.5)  # unlike the network's own
    training.step = 7
    training.save(tmp_path / "checkpoint.pt")
    keep_weights(tmp_path / "checkpoint.pt", tmp_path / "kept.pt")
    assert (tmp_path / "kept.pt").stat().st_size < 4 << 20
    again = Training("cpu", 2e-3, total_steps=10)
    again.load(tmp_path / "kept.pt")
    assert again.step == 7
    for name, value in training.average.state_dict().items():
        for net in (again.net, again.average):
            assert torch.allclose(net.state_dict()[name].float(), value.float(), atol=4e-3), name


@pytest.mark.parametrize("name", ["lineart", "characters"])
def test_the_weights_that_come_along_can_be_started_from(name: str) -> None:
    path = Path(__file__).parents[2] / "training" / "checkpoints" / f"{name}.pt"
    assert path.stat().st_size < 4 << 20  # a clone has them twice
    training = Training("cpu", 2e-3, total_steps=10)
    training.load(path)
    assert training.step > 1000


@pytest.mark.parametrize("keep", [True, False])
def test_batch_norms_keep_their_means_where_asked(keep: bool) -> None:
    training = Training("cpu", 2e-3, total_steps=10, keep_norms=keep)
    before = training.net.stem[1].running_mean.clone()
    training.update(torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8))
    assert torch.equal(training.net.stem[1].running_mean, before) == keep


def test_missing_a_small_black_costs_more_than_missing_it_in_part() -> None:
    line, solid = torch.zeros(2, 1, 48, 48)
    solid[:, 20:26, 20:26] = 1
    none = torch.full((1, 2, 48, 48), -8.0)
    half, whole = none.clone(), none.clone()
    half[:, 1, 20:26, 20:23] = 8
    whole[:, 1, 20:26, 20:26] = 8
    losses = [float(geometry_loss(logits, line, solid)["solid"]) for logits in (none, half, whole)]
    assert losses[0] > losses[1] > losses[2]
    assert losses[0] - losses[1] > 0.12


def test_a_pool_gives_batches_of_what_came_and_tells_what_went_wrong() -> None:
    patches = torch.arange(24, dtype=torch.uint8).view(24, 1, 1, 1).expand(24, 4, 8, 8)

    def source() -> Iterator[torch.Tensor]:
        yield from patches.split(4)
        raise ValueError("no more")

    pool = Pool(source(), "cpu", room=16, enough=16)
    batches = pool.batches(32)
    with pytest.raises(RuntimeError, match="no patches come") as told:
        for _ in range(1_000_000):
            batch = next(batches)
            assert batch.shape == (32, 4, 8, 8)
    assert isinstance(told.value.__cause__, ValueError)
    assert pool.count == 24
    kept = pool.patches[:, 0, 0, 0]
    assert sorted(kept.tolist()) == list(range(8, 24))


def test_a_pool_turns_what_it_gives() -> None:
    patch = torch.zeros((1, 4, 8, 8), dtype=torch.uint8)
    patch[..., 0, 1] = 1
    pool = Pool(itertools.repeat(patch, 4), "cpu", room=4, enough=4)
    batch = next(pool.batches(64))
    assert {tuple(one[0].nonzero()[0].tolist()) for one in batch} == {
        (0, 1), (1, 0), (0, 6), (6, 0), (7, 1), (1, 7), (7, 6), (6, 7),
    }  # fmt: skip
