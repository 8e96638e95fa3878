# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess
import sys

import pytest

from smart_lineart import __version__
from smart_lineart.cli import arguments
from smart_lineart.cli.arguments import Colour, Thickness, make_parser
from smart_lineart.inking import features
from smart_lineart.inking.page import scale


@pytest.mark.parametrize(
    ("text", "thickness"),
    [
        ("4", Thickness(4, "px")),
        ("2.5", Thickness(2.5, "px")),
        (".5px", Thickness(0.5, "px")),
        ("0.5mm", Thickness(0.5, "mm")),
        (" 1 MM ", Thickness(1, "mm")),
        ("auto", None),
    ],
)
def test_thickness_is_in_pixels_or_millimetres(text, thickness):
    assert arguments.thickness(text) == thickness


@pytest.mark.parametrize(
    ("text", "size"),
    [("1G", 1 << 30), ("300M", 300 << 20), ("1.5GiB", 3 << 29), ("500000000", 500_000_000)],
)
def test_memory_is_counted_in_powers_of_1024(text, size):
    assert arguments.memory(text) == size


@pytest.mark.parametrize(
    ("text", "colour"),
    [("#202040", Colour(32, 32, 64)), ("F00", Colour(255, 0, 0)), ("#000", Colour(0, 0, 0))],
)
def test_colours_are_hexadecimal(text, colour):
    assert arguments.colour(text) == colour


def test_the_limits_told_beforehand_are_the_engines():
    assert (arguments.THINNEST, arguments.THICKEST) == (features.MIN_THICKNESS, features.MAX_THICKNESS)
    assert (arguments.COARSEST, arguments.FINEST) == (scale.MIN_SCALE, scale.MAX_SCALE)
    assert float(arguments.USUAL_WEIGHT) == features.USUAL_WEIGHT


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--thickness", "thick"], "thick"),
        (["--thickness", "0"], "between 0.25 and 400"),
        (["--thickness", "-3"], "-3"),
        (["--thickness", "4pt"], "4pt"),
        (["--detail", "high"], "high"),
        (["--detail", "0"], "from 0.0625 to 2"),
        (["--detail", "nan"], "nan"),
        (["--faint", "2"], "between 0 and 1"),
        (["--faint", "nan"], "nan"),
        (["--weight", "1.5"], "between 0 and 1"),
        (["--weight", "-0.1"], "between 0 and 1"),
        (["--weight", "nan"], "between 0 and 1"),
        (["--weight", "even"], "between 0 and 1"),
        (["--color", "red"], "red"),
        (["--color", "#12345"], "#12345"),
        (["--background", "blue"], "blue"),
        (["--runtime", "tensorflow"], "tensorflow"),
        (["--device", "tpu"], "tpu"),
        (["--memory-limit", "lots"], "such as 300M"),
        (["--memory-limit", "100%"], "such as 300M"),
        (["--memory-limit", "1K"], "too little"),
        (["--style", "crayon"], "pen"),
        (["--unknown"], "--unknown"),
    ],
)
def test_wrong_options_are_told_in_one_sentence_before_anything_is_written(run, sketch, options, names):
    ran = run("ink", sketch, *options)
    assert ran.code == 2
    assert names in ran.complaint
    assert " value: " not in ran.complaint, "the parser's own sentence, not argparse's"
    assert ran.out == ""
    assert [path.name for path in sketch.parent.iterdir()] == [sketch.name]


@pytest.mark.parametrize("command", [[], ["ink"], ["colour"]])
def test_a_command_that_is_none_is_told_in_one_sentence(run, command):
    ran = run(*command)
    assert ran.code == 2
    assert "--help" in ran.complaint


def test_version_and_help_load_neither_numpy_nor_the_engine():
    script = (
        "import sys\n"
        "from smart_lineart.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code\n"
        "print(sorted({'numpy', 'PIL', 'pyvips', 'tqdm', 'smart_lineart.inking'} & set(sys.modules)))"
    )
    for option in ("--help", "--version"):
        command = [sys.executable, "-c", script, option]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert ran.stdout.splitlines()[-1] == "[]"
    assert ran.stdout.splitlines()[0] == f"smart-lineart {__version__}"


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as end:
        make_parser().parse_args(["--version"])
    assert not end.value.code
    assert capsys.readouterr().out == f"smart-lineart {__version__}\n"


def test_what_is_missing_is_a_sentence(run):
    said = "The following arguments are required: COMMAND; see smart-lineart --help."
    assert run().complaint == said
