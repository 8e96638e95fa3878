# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a zip by name, each read only when it is written: together they are larger than some
memories.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import PackingError

Content = Callable[[], bytes]


class Entries:
    """Name in the zip -> content. A name may be given twice only with the same bytes."""

    def __init__(self) -> None:
        self._contents: dict[str, Content] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._contents))

    def __contains__(self, name: object) -> bool:
        return name in self._contents

    def read(self, name: str) -> bytes:
        """The content of an entry."""
        return self._contents[name]()

    def add(self, name: str, content: Content) -> None:
        """Add an entry. Raises PackingError when another content has that name."""
        if name in self._contents and self._contents[name]() != content():
            raise PackingError(f"Two different files would be called {name} in the zip.")
        self._contents.setdefault(name, content)

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add an entry that is in memory."""
        self.add(name, lambda: data)

    def add_file(self, name: str, path: Path) -> None:
        """Add a file; text keeps its bytes, so line ends must be the repository's."""
        self.add(name, path.read_bytes)

    def add_member(self, name: str, wheel: Path, member: str) -> None:
        """Add a file of a wheel."""

        def content() -> bytes:
            with zipfile.ZipFile(wheel) as archive:
                return archive.read(member)

        self.add(name, content)
