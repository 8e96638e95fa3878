# SPDX-License-Identifier: GPL-3.0-or-later
"""benchmarks/speed.py: what it makes of its measurements, and one whole run on small pages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from threshold_model import write_threshold_model

from benchmarks import speed
from benchmarks.speed_task import Options
from drawings.pages import draw_page

PEER_MEGAPIXELS = 64 * 64 / 1e6


def figures(seconds: float, megapixels: float = 1.0) -> dict:
    return {
        "seconds": seconds,
        "core_seconds": 2 * seconds,
        "prepare": 0.75 * seconds,
        "render": 0.25 * seconds,
        "megapixels": megapixels,
        "scale": 0.5,
        "peak": 2e8,
        "on": "openvino, cpu",
    }


def tasks() -> tuple[speed.Task, speed.Task]:
    ours = speed.Task("ours, a4-300", "ink", Path("a.npy"), Options())
    return ours, speed.Task("peer", "network", Path("b.npy"), Options())


def test_the_ratio_is_of_times_per_pixel() -> None:
    assert speed.ratio(figures(2.0, megapixels=8.0), figures(5.0, megapixels=0.5)) == pytest.approx(40)


@pytest.mark.parametrize(("peer_seconds", "verdict"), [(20.1, "yes, 20 times"), (19.0, "NO, 19 times")])
def test_the_report_says_whether_the_goal_is_met(peer_seconds: float, verdict: str) -> None:
    ours, peer = tasks()
    told = speed.report([ours], peer, {ours: figures(1.0), peer: figures(peer_seconds)})
    assert f"at least 20 times faster: {verdict}" in told
    assert "ours, a4-300: 0.75 s to prepare (the network sees the page at 0.50 of its size)" in told
    assert "0.25 s to render" in told
    assert "44.8 M parameters, 938 kMAC per pixel" in told


def test_tasks_take_turns_and_medians_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, peer = tasks()
    order, times = [], iter([1.0, 10.0, 9.0, 30.0, 2.0, 20.0])

    def run(task: speed.Task) -> dict:
        order.append(task.title)
        return figures(next(times))

    monkeypatch.setattr(speed.Task, "run", run)
    measured = speed.measure([ours, peer], repeats=3)
    assert order == [ours.title, peer.title] * 3
    assert (measured[ours]["seconds"], measured[peer]["seconds"]) == (2.0, 20.0)
    assert measured[ours]["on"] == "openvino, cpu"


def test_a_whole_run_measures_both_in_processes_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write_threshold_model(tmp_path / "threshold")
    Image.fromarray(draw_page((512, 512))).save(tmp_path / "page.png")
    code = speed.main([
        "--sketch", str(tmp_path / "page.png"), "--model", str(model), "--json", str(tmp_path / "speed.json"),
        "--repeats", "1", "--peer-size", "64",
    ])  # fmt: skip
    told = capsys.readouterr().out
    assert code in (0, 1), told  # which of the two depends on the machine
    assert ("faster: yes" in told) == (code == 0)
    found = json.loads((tmp_path / "speed.json").read_text())
    ours, peer = found["ours, page.png"], found["Simo-Serra et al. 2016, 64 x 64"]
    assert (ours["megapixels"], peer["megapixels"]) == (512 * 512 / 1e6, PEER_MEGAPIXELS)
    for measured in (ours, peer):
        assert measured["seconds"] > 0
        assert measured["core_seconds"] > 0
        assert measured["on"].endswith(", cpu")
    assert 20e6 < ours["peak"] < 1e9
    assert peer["peak"] > 44.8e6 * 4  # its weights alone
    assert ours["peak"] < peer["peak"]


def test_a_failing_measurement_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.full((64, 64), 255, np.uint8)).save(tmp_path / "page.png")
    options = ["--sketch", str(tmp_path / "page.png"), "--model", str(tmp_path / "none"), "--peer-size", "64"]
    assert speed.main(options) == 2
    said = capsys.readouterr().err
    assert said.startswith("speed: ours, page.png: ")
    assert "does not exist" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("options", [["--sizes", "a5"], ["--peer-size", "100"], ["--repeats", "0"]])
def test_wrong_options_are_refused(options: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        speed.main(options)
    assert ended.value.code == 2


def test_a_page_is_full_of_lines() -> None:
    page = draw_page((701, 496))
    assert page.shape == (701, 496, 3)
    dark = page.min(2) < 170
    cells = [
        dark[top : top + 175, left : left + 165] for top in range(0, 700, 175) for left in range(0, 495, 165)
    ]
    assert len(cells) == 12
    assert min(cell.mean() for cell in cells) > 0.01
