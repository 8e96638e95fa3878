# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin's modules that need Krita, imported anew over something that takes Krita's place."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

ROOMS = ("smart_lineart.krita_host", "smart_lineart.studio")
PURE = ("smart_lineart.krita_host.pixels", "smart_lineart.krita_host.geometry")


@contextmanager
def fresh_plugin(fakes: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """With `fakes` (None: not to be had) in the place of modules; both are as before in the end."""
    before = {**{name: sys.modules.get(name) for name in fakes}, **_forget()}
    sys.modules.update(fakes)  # type: ignore[arg-type]
    try:
        yield
    finally:
        _forget()
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
        for name, module in before.items():
            room, _, own = name.rpartition(".")
            if module is not None and room.startswith("smart_lineart"):
                setattr(sys.modules[room], own, module)


def _forget() -> dict[str, ModuleType]:
    """Take the modules out of Python's list, and out of their packages; returns them."""
    names = [name for name in sys.modules if name.startswith(tuple(f"{room}." for room in ROOMS))]
    found = {name: sys.modules[name] for name in names if name not in PURE}
    for name in found:
        room, _, own = name.rpartition(".")
        vars(sys.modules[room]).pop(own, None)
    for name in found:
        del sys.modules[name]
    return found
