# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command says while it inks and when it is done: to people, and as JSON to programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from smart_lineart import __version__
from smart_lineart.cli.ink import Inked
from smart_lineart.cli.jobs import Job
from smart_lineart.cli.memory import peak_memory
from smart_lineart.cli.voice import Voice
from smart_lineart.inking import Inker
from smart_lineart.said import Said, escaped


class Report:
    """Collects results; tells them as they come, or all at the end as one JSON document."""

    def __init__(self, jobs: int, *, as_json: bool, voice: Voice | None = None) -> None:
        self.failed = 0
        self._voice = voice = voice or Voice()
        self._as_json = as_json
        self._results: list[dict[str, Any]] = []
        self._notices: list[str] = []
        if not as_json and voice.on_terminal:
            voice.bar = _bar(jobs)

    def progress(self, finished: int, name: str) -> Callable[[float], None]:
        """The progress callback of the sketch that comes after `finished` others."""
        bar = self._voice.bar
        if bar is None:
            return lambda _: None
        bar.set_description_str(escaped(name))

        def show(done: float) -> None:
            bar.update(finished + done - bar.n)

        return show

    def inked(self, job: Job, inked: Inked, inker: Inker) -> None:
        """Tell of a sketch that has become lineart."""
        height, width = inked.size
        for said in inked.notices:
            self._tell(said)
        self._results.append(
            {
                "sketch": str(job.sketch),
                "lineart": str(job.target) if job.target in inked.targets else None,
                "also": [str(target) for target in job.also if target in inked.targets],
                **_hues(inked),
                "width": width,
                "height": height,
                "dpi": inked.dpi,
                "thickness": inked.thickness,
                "scale": inked.scale,
                "runtime": inker.runtime_name,
                "device": inker.device_name,
                "seconds": {step: round(seconds, 3) for step, seconds in inked.seconds.items()},
                "blank": inked.blank,
                "notices": inked.notices,
            }
        )
        if not self._as_json:
            line = Said(
                "{sketch} -> {lineart} ({width} x {height} px, {seconds} s)",
                sketch=job.sketch,
                lineart=", ".join(str(target) for target in inked.targets),
                width=width,
                height=height,
                seconds=f"{inked.seconds['total']:.1f}",
            )
            self._voice.tell(line)

    def failure(self, job: Job, said: Said | str) -> None:
        """Tell of a sketch that could not be inked."""
        self.failed += 1
        self._results.append({"sketch": str(job.sketch), "lineart": None, "error": str(said)})
        self._voice.complain(said)

    def notice(self, said: Said | str) -> None:
        """Tell what holds for no sketch alone: of another runtime than hoped for, or of files left out."""
        self._notices.append(str(said))
        self._tell(said)

    def close(self, folder: Path | None, most_held: int) -> None:
        """End the bar, print the JSON document, and say where a batch's lineart is.

        `most_held`: bytes that the command and the process beside it held at once.
        """
        bar, self._voice.bar = self._voice.bar, None
        if bar is not None:
            bar.close()
        if self._as_json:
            document = {
                "version": __version__,
                "results": self._results,
                "notices": self._notices,
                "peak_memory_bytes": _peak(most_held),
            }
            self._voice.tell(json.dumps(document, indent=2))
        elif folder is not None and self.failed < len(self._results):
            self._voice.tell(Said("The lineart is in {folder}", folder=folder.resolve()))

    def _tell(self, said: Said | str) -> None:
        if not self._as_json:
            self._voice.notice(said)


def _hues(inked: Inked) -> dict[str, Any]:
    """What is told of a sketch's hues, where they were looked for: the colour of each, and its files."""
    if inked.hues is None:
        return {}
    files: dict[str, list[str]] = {}
    for part in inked.parts:
        names = [part.hue] if part.hue else inked.hues.palette.names
        for name in names:
            files[name] = [str(target) for target in part.targets]
    dropped = inked.dropped
    return {
        "hues": [
            {
                "name": hue.name,
                "colour": "#" + bytes(hue.colour).hex(),
                "files": [] if hue.name in dropped else files[hue.name],
            }
            for hue in inked.hues.palette.hues
        ]
    }


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
