# SPDX-License-Identifier: GPL-3.0-or-later
"""Build hook: a wheel carries models/ inside the package."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CarryModels(BuildHookInterface):  # type: ignore[type-arg]
    """Maps models/ to smart_lineart/models, except in an editable install, which finds the checkout's."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Hatchling calls this before it gathers the wheel's files."""
        if version != "editable":
            build_data["force_include"]["models"] = "smart_lineart/models"
