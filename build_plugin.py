#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the plugin's zip for Krita's "Import Python Plugin from File", or installs it into this user's
Krita.

Needs Python 3.10 or newer with pip, and nothing else. The libraries come out of published wheels: pip
fetches them
from the package index it is set up with, once, and their checksums are recorded in requirements/plugin.json.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from packaging_tools import archive, check, contents, install, krita_homes, recipes, report, wheels
from packaging_tools.errors import PackingError

ROOT = Path(__file__).resolve().parent


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.uninstall:
            _uninstall(options.krita_home)
            return 0
        built = [_build(name, options.output, options.wheels) for name in _wanted(options)]
        if options.install:
            home = krita_homes.choose_home(options.krita_home, krita_homes.known_homes())
            install.install(built[0], home)
            print(
                f"Installed into {home.resources}. Restart Krita and open Settings > Dockers > Smart Lineart."
            )
    except PackingError as error:
        print(f"build_plugin.py: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--platform", choices=recipes.PLATFORMS, help="build for another platform than this one"
    )
    which.add_argument("--all", action="store_true", help="build for every platform")
    parser.add_argument(
        "--gpu", action="store_true", help="build the larger Linux zip, which also runs on Intel GPUs"
    )
    parser.add_argument(
        "--output", type=Path, default=ROOT / "dist", metavar="DIR", help="where zips go (dist/)"
    )
    parser.add_argument(
        "--wheels",
        type=Path,
        default=wheels.cache_folder(),
        metavar="DIR",
        help="where fetched wheels are kept",
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--install", action="store_true", help="build, put into Krita and enable")
    action.add_argument(
        "--uninstall",
        action="store_true",
        help="take the plugin out of Krita, with its settings and added packages; brushes of your own stay",
    )
    parser.add_argument(
        "--krita-home", type=Path, metavar="DIR", help="Krita's resource folder, which holds pykrita/"
    )
    return parser


def _wanted(options: argparse.Namespace) -> list[str]:
    if options.install and (options.all or options.platform not in (None, recipes.this_platform())):
        raise PackingError("Only this platform's zip can be installed here.")
    if options.all:
        return [*recipes.PLATFORMS, *(["linux-x86_64-gpu"] if options.gpu else [])]
    name = options.platform or recipes.this_platform()
    if options.gpu:
        if name == "macos-arm64":
            raise PackingError("There is no Intel GPU in a Mac with an Apple processor.")
        return [f"{name}-gpu" if f"{name}-gpu" in recipes.RECIPES else name]
    return [name]


def _build(name: str, output: Path, cache: Path) -> Path:
    recipe = recipes.RECIPES[name]
    fetched = [(wheel, wheels.fetch(wheel, cache)) for wheel in wheels.wheels_of(recipe.platform)]
    path = output / f"{contents.NAME}-{contents.version()}-{name}.zip"
    archive.write(contents.gather(recipe, fetched), path)
    notes = check.check(path, recipe)
    print(report.table(path))
    print("sha256", hashlib.sha256(path.read_bytes()).hexdigest())
    print(*notes, sep="\n" if notes else "")
    return path


def _uninstall(chosen: Path | None) -> None:
    home = krita_homes.choose_home(chosen, krita_homes.known_homes())
    removed = install.uninstall(home)
    said = [f"Removed or cleaned {path}" for path in removed]
    said = said or [f"Smart Lineart was not installed in {home.resources}."]
    print(*said, *install.kept(home), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
