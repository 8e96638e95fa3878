# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command says while it inks and when it is done: to people, and as JSON to programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from smart_lineart import __version__
from smart_lineart.cli.ink import Inked
from smart_lineart.cli.jobs import Job
from smart_lineart.cli.memory import peak_memory
from smart_lineart.inking import Inker
from smart_lineart.said import Said


class Report:
    """Collects results; prints them as they come, or all at the end as one JSON document."""

    def __init__(self, jobs: int, *, as_json: bool) -> None:
        self.failed = 0
        self._as_json = as_json
        self._results: list[dict[str, Any]] = []
        self._notices: list[str] = []
        self._bar = _bar(jobs) if not as_json and sys.stderr.isatty() else None

    def progress(self, finished: int, name: str) -> Callable[[float], None]:
        """The progress callback of the sketch that comes after `finished` others."""
        bar = self._bar
        if bar is None:
            return lambda _: None
        bar.set_description_str(name)

        def show(done: float) -> None:
            bar.update(finished + done - bar.n)

        return show

    def inked(self, job: Job, inked: Inked, inker: Inker) -> None:
        """Tell of a sketch that has become lineart."""
        height, width = inked.size
        for notice in inked.notices:
            self._tell(notice)
        self._results.append(
            {
                "sketch": str(job.sketch),
                "lineart": str(job.target),
                "width": width,
                "height": height,
                "dpi": inked.dpi,
                "thickness": inked.thickness,
                "scale": inked.scale,
                "runtime": inker.runtime_name,
                "device": inker.device_name,
                "seconds": {step: round(seconds, 3) for step, seconds in inked.seconds.items()},
                "notices": inked.notices,
            }
        )
        if not self._as_json:
            took = inked.seconds["total"]
            self._say(f"{job.sketch} -> {job.target} ({width} x {height} px, {took:.1f} s)", sys.stdout)

    def failure(self, job: Job, sentence: str) -> None:
        """Tell of a sketch that could not be inked."""
        self.failed += 1
        self._results.append({"sketch": str(job.sketch), "lineart": None, "error": sentence})
        self._say(f"smart-lineart: {sentence}", sys.stderr)

    def notice(self, said: Said) -> None:
        """Tell what holds for every sketch: the runtime or device is not the one hoped for."""
        self._notices.append(str(said))
        self._tell(str(said))

    def close(self, folder: Path | None, most_held: int) -> None:
        """End the bar, print the JSON document, and say where a batch's lineart is.

        `most_held`: bytes that the command and the process beside it held at once.
        """
        if self._bar is not None:
            self._bar.close()
        if self._as_json:
            document = {
                "version": __version__,
                "results": self._results,
                "notices": self._notices,
                "peak_memory_bytes": _peak(most_held),
            }
            print(json.dumps(document, indent=2), flush=True)
        elif folder is not None and self.failed < len(self._results):
            self._say(f"The lineart is in {folder.resolve()}", sys.stdout)

    def _tell(self, notice: str) -> None:
        if not self._as_json:
            self._say(notice, sys.stderr)

    def _say(self, line: str, stream: Any) -> None:
        if self._bar is None:
            print(line, file=stream, flush=True)
        else:
            # Above the bar, which is drawn anew below.
            self._bar.write(line, file=stream)


def _bar(jobs: int) -> Any:
    from tqdm import tqdm

    return tqdm(
        total=float(jobs),
        leave=False,
        bar_format="{desc}: {percentage:3.0f} %|{bar}| {elapsed}",
        mininterval=0.1,
    )


def _peak(most_held: int) -> int | None:
    own = peak_memory()
    return None if own is None else max(own, most_held)
