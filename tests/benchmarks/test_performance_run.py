# SPDX-License-Identifier: GPL-3.0-or-later
"""benchmarks/performance.py: what it makes of its measurements, and each kind of measurement once, small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmarks import krita_task, performance, performance_report, performance_tasks
from benchmarks.performance_report import GOALS, Goal, goals_table
from benchmarks.speed import Task, TaskFailed
from benchmarks.speed_task import Options
from drawings.pages import draw_page

SMALL = (351, 248)


def figures(seconds: float, megapixels: float = 8.7, peak: float = 2e8, **more: float) -> dict:
    return {
        "seconds": seconds, "core_seconds": 2 * seconds, "megapixels": megapixels, "peak": peak, "runs": 3,
    } | more  # fmt: skip


def command(seconds: float, megapixels: float) -> dict:
    steps = {"command total": 0.9, "command read": 0.2, "command prepare": 0.5, "command render": 0.2}
    return figures(seconds, megapixels, scale=0.29, **steps)


@pytest.fixture
def found() -> dict[str, dict]:
    """Figures of every measurement, all goals met with room to spare."""
    pages = {"A4, 150 dpi": 2.2, "A4, 300 dpi": 8.7, "A4, 600 dpi": 34.8, "A3, 600 dpi": 69.6}
    whole = {title: command(0.5 + size / 20, size) for title, size in pages.items()}
    for title in ("A4, 300 dpi", "characters, A4, 300 dpi"):
        whole[title] = command(0.95, 8.7)
    whole["A4, 600 dpi"] = command(1.3, 34.8)
    more = {
        "20000 x 20000 px": command(16.0, 400.0),
        "A4, 600 dpi, --memory-limit 300M": command(2.2, 34.8),
        "A4, 300 dpi, AVX2": command(1.2, 8.7),
        "A4, 600 dpi, AVX2": command(1.8, 34.8),
        "batch": {"seconds": 9.0, "core_seconds": 0.4, "runs": 1},
    }
    changes = {f"{what}, {part}": 0.02 for what in ("thickness", "style") for part in ("page", "part")}
    renew = figures(0.2) | {"network share": 0.5, "drawn share": 0.25, "kept": 4.5e6}
    stages = {title: 0.05 for title, _ in performance_report.STAGES}
    return whole | more | {
        "krita": {"seconds": 1.1, "core_seconds": 1.9, "growth": 2e8, "left": 2e7},
        "brush": figures(0.05) | changes,
        "renew": renew,
        "renew, AVX2": renew,
        "stages": stages | {"loading the engine": 0.1, "loading the network": 0.2, "drawing": 0.05},
        "2016, 512 x 512": figures(3.0, 0.25, 0.6e9),
        "2016, 1024 x 1024": figures(12.0, 1.0, 1.8e9),
        "2016, A4, 300 dpi": figures(104.4, 8.7, 5e9),
        "our network, A4, 300 dpi": figures(0.1) | {"working megapixels": 0.75},
        "our network, A4, 300 dpi, scale 1": figures(1.0),
        "our network, 1024 x 1024, scale 1": figures(0.12, 1.0),
        "adaptive, A4, 300 dpi": figures(0.02),
    }  # fmt: skip


class TestReport:
    def test_every_goal_is_a_line_and_all_are_met(self, found: dict[str, dict]) -> None:
        table, met = goals_table(found)
        assert met
        assert len(table.splitlines()) == 2 + len(GOALS)
        assert "missed" not in table
        assert "not measured" not in table

    def test_a_missed_goal_is_told_and_counts(self, found: dict[str, dict]) -> None:
        found["A4, 300 dpi"]["seconds"] = 1.6
        table, met = goals_table(found)
        assert not met
        assert [line for line in table.splitlines() if "missed" in line] == [
            "| `smart-lineart ink`, A4, 300 dpi: time | at most 1.5 s | 1.6 s | **missed** |"
        ]

    def test_what_was_not_measured_is_told_and_no_miss(self, found: dict[str, dict]) -> None:
        del found["krita"]
        table, met = goals_table(found)
        assert met
        assert table.count("not measured") == 4

    def test_a_goal_has_a_side(self) -> None:
        assert Goal("", lambda _: 1.0, "s", most=2.0).met(2.0)
        assert not Goal("", lambda _: 1.0, "s", most=2.0).met(2.1)
        assert not Goal("", lambda _: 1.0, "times", least=100).met(99.0)

    def test_the_document_holds_table_plot_and_both_ratios(
        self, found: dict[str, dict], tmp_path: Path
    ) -> None:
        document, plot, raw = performance_report.write(found, "A processor, 2 cores", tmp_path)
        text = document.read_text()
        assert "A processor, 2 cores" in text
        assert goals_table(found)[0] in text
        assert "images/performance.png" in text
        ratios = "our network alone is 1044 times faster than that of 2016 and takes 25.0 times less memory"
        assert ratios in " ".join(text.split())
        assert "104 times faster and takes 25.0 times less memory (200 MB)" in " ".join(text.split())
        assert f"{8.7:.1f} Mpx the network is shown 0.75" in text
        assert json.loads(raw.read_text())["medians"]["renew"] == found["renew"]
        with Image.open(plot) as image:
            colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 24)}
            assert image.size == (1440, 640)
        for series in ("#c2185b", "#1565c0", "#ef6c00"):
            assert tuple(bytes.fromhex(series[1:])) in colours

    def test_stages_add_up_to_the_command(self, found: dict[str, dict]) -> None:
        rows = performance_report.stages_table(found).splitlines()[2:]
        total = sum(int(row.split("|")[2]) for row in rows)
        assert total == pytest.approx(1000 * found["A4, 300 dpi"]["seconds"], abs=len(rows))


class TestMeasuring:
    def test_a_command_is_measured_whole(self, tmp_path: Path) -> None:
        cv2.imwrite(str(tmp_path / "page.jpg"), draw_page(SMALL))
        one = performance.Command("small", tmp_path / "page.jpg", SMALL).run()
        steps = sum(one[f"command {step}"] for step in ("read", "prepare", "render"))
        assert 0 < steps < one["seconds"]
        assert one["megapixels"] == pytest.approx(0.087, abs=0.001)
        assert 50e6 < one["peak"] < 500e6
        assert [path.name for path in tmp_path.iterdir()] == ["page.jpg"]

    def test_a_folder_is_measured_by_the_page(self, tmp_path: Path) -> None:
        for number in range(2):
            cv2.imwrite(str(tmp_path / f"{number}.png"), draw_page(SMALL))
        one = performance.Batch("batch", tmp_path, 2).run()
        assert 0 < one["core_seconds"] < 5 * one["seconds"]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["0.png", "1.png"]

    def test_characters_fill_their_pages(self) -> None:
        page = performance.draw_characters((800, 600), 2, 2)
        assert page.shape == (800, 600)
        for row, column in ((0, 0), (0, 300), (400, 0), (400, 300)):
            assert (page[row : row + 400, column : column + 300] < 220).mean() > 0.01

    def test_seconds_of_a_process_hold_those_of_its_children(self) -> None:
        burn = "import time\nwhile time.process_time() < 0.4: pass\nprint(flush=True)\ninput()"
        before = krita_task.processor_seconds(os.getpid())
        with subprocess.Popen(
            [sys.executable, "-c", burn], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            running = krita_task.processor_seconds(os.getpid())
            child.communicate("\n")
        assert running >= before + 0.35
        assert krita_task.processor_seconds(os.getpid()) >= before + 0.35

    def test_a_command_that_fails_is_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(TaskFailed, match=r"^small: smart-lineart: .*none\.jpg") as caught:
            performance.Command("small", tmp_path / "none.jpg", SMALL).run()
        assert len(str(caught.value).splitlines()) == 1

    def test_an_older_processor_is_played_and_forgotten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        played = {}
        monkeypatch.setenv("OV_CPU_MAX_ISA", "AVX512")
        monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
        monkeypatch.setattr(Task, "run", lambda _: played.update(os.environ) or {})
        performance.OlderTask("old", "renew", Path("page.npy"), Options()).run()
        assert (played["OV_CPU_MAX_ISA"], played["ONEDNN_MAX_CPU_ISA"]) == ("AVX2", "AVX2")
        assert os.environ["OV_CPU_MAX_ISA"] == "AVX512"
        assert "ONEDNN_MAX_CPU_ISA" not in os.environ

    def test_every_step_that_is_timed_is_there(self) -> None:
        """One had another name once, and the benchmark ended at its last task."""
        from smart_lineart.inking import inker, looking

        for _, name in performance_tasks.STAGES:
            assert callable(getattr(inker, name, None) or getattr(looking, name))

    @pytest.mark.long
    def test_every_task_of_the_engine_gives_its_figures(self, tmp_path: Path) -> None:
        np.save(tmp_path / "page.npy", draw_page((702, 496)))
        page = tmp_path / "page.npy"
        brush = Task("brush", "brush", page, Options()).run()
        assert {"thickness, page", "thickness, part", "style, page", "style, part"} <= brush.keys()
        renew = Task("renew", "renew", page, Options()).run()
        assert renew["network share"] > 0
        assert 0 < renew["drawn share"] <= 1
        assert renew["kept"] > 0
        stages = Task("stages", "stages", page, Options()).run()
        named = sum(stages[title] for title, _ in performance_report.STAGES) + stages["drawing"]
        assert 0.7 * stages["seconds"] < named <= stages["seconds"], "a step of the engine has no name"
        trunk = Task("trunk", "trunk", page, Options(detail=0.5)).run()
        assert trunk["working megapixels"] == pytest.approx(trunk["megapixels"] / 4)
        assert Task("xdog", "classical", page, Options("xdog")).run()["seconds"] > 0

    def test_tasks_take_turns(self) -> None:
        order = []

        class Fake:
            def __init__(self, title: str):
                self.title = title

            def run(self) -> dict:
                order.append(self.title)
                return {"seconds": float(len(order)), "on": "cpu"}

        found = performance.measure([Fake("A4, 300 dpi"), Fake("20000 x 20000 px")], 3)
        assert order == ["A4, 300 dpi", "20000 x 20000 px", "A4, 300 dpi", "A4, 300 dpi"]
        assert found["A4, 300 dpi"] == {"seconds": 3.0, "on": "cpu", "runs": 3}

    def test_pages_have_the_sizes_they_are_named_for(self, tmp_path: Path) -> None:
        files = performance.make_pages(tmp_path, ["A4, 150 dpi", "A4, 300 dpi"])
        for title, file in files.items():
            with Image.open(file) as image:
                assert image.size == performance.PAGES[title][::-1]
