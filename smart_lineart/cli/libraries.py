# SPDX-License-Identifier: GPL-3.0-or-later
"""Libraries that are there, but not those this program was installed with."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

from smart_lineart.cli.errors import CommandError, out_of_memory

NEEDED = ("numpy", "pyvips", "cffi", "PIL", "tqdm", "openvino", "onnxruntime")


@contextlib.contextmanager
def all_there() -> Iterator[None]:
    """Make one sentence of whatever importing libraries of another Python brings. Raises CommandError."""
    try:
        yield
    except CommandError:
        raise
    except Exception as error:
        if out_of_memory(error):
            raise
        stranger = from_elsewhere()
        if stranger is not None:
            raise stranger from error
        raise CommandError(
            "A library this program needs cannot be loaded ({kind}: {error}): install it anew.",
            kind=type(error).__name__,
            error=error,
        ) from error


def from_elsewhere() -> CommandError | None:
    """The error of a library that comes from a folder in PYTHONPATH; None where none does."""
    folders = [Path(entry).resolve() for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    for name in NEEDED:
        with contextlib.suppress(ImportError, ValueError):
            spec = importlib.util.find_spec(name)
            place = Path(spec.origin).resolve() if spec is not None and spec.origin is not None else Path()
            for folder in folders:
                # Right in the folder: the environment of a checkout may lie somewhere within it.
                if folder in (place.parent, place.parent.parent):
                    return CommandError(
                        "{name} is taken from {folder}, which PYTHONPATH names, and cannot be loaded: "
                        "unset PYTHONPATH and try again.",
                        name=name,
                        folder=folder,
                    )
    return None
