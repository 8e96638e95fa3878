# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point: what was asked, exit codes, and one sentence for whatever goes wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from smart_lineart.cli.arguments import make_parser
from smart_lineart.cli.errors import CommandError, Interrupted, out_of_memory
from smart_lineart.cli.libraries import all_there
from smart_lineart.cli.memory import address_space_limit
from smart_lineart.cli.voice import Voice

EXIT_NOT_TOLD = 1
EXIT_FAILED = 2
EXIT_INTERRUPTED = 130

LEAST_ADDRESS_SPACE = 512 << 20
"""A runtime and the smallest page take 600 MB at the least. Where there is far less, libraries below Python
end the process with words of their own, or with none."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 all is well; 1 some sketches of a batch failed, or what was done could not be told; 2 nothing was done:
    wrong options, or the one sketch could not be inked; 130 interrupted.
    """
    voice = Voice()
    try:
        code = _run(argv, voice)
    except (Interrupted, KeyboardInterrupt):
        voice.complain(Interrupted().said)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone; Python would say so once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except CommandError as error:
        voice.complain(error.said)
        return EXIT_FAILED
    except (
        MemoryError,
        ImportError,
        OSError,
        RuntimeError,
    ) as error:  # where memory is short, libraries cannot be loaded
        if not out_of_memory(error):
            raise
        voice.complain("There is not enough memory to ink anything.")
        return EXIT_FAILED
    return max(code, EXIT_NOT_TOLD) if voice.lost else code


def _run(argv: Sequence[str] | None, voice: Voice) -> int:
    arguments = make_parser().parse_args(argv)
    _heed_the_limit()
    voice.data_only = arguments.json
    if arguments.command == "info":
        with all_there():
            from smart_lineart.cli.info import info_command

        return info_command(as_json=arguments.json)
    if arguments.command == "flats":
        with all_there():
            from smart_lineart.cli.flats import flats_command

        return flats_command(arguments, voice)
    if arguments.command == "lines":
        with all_there():
            from smart_lineart.cli.lines import lines_command

        return lines_command(arguments, voice)
    with all_there():
        from smart_lineart.cli.batch import ink_command

    return ink_command(arguments, voice)


def _heed_the_limit() -> None:
    """Come to terms with a limited address space before any library takes of it. Raises CommandError."""
    limit = address_space_limit()
    if limit is None:
        return
    if limit < LEAST_ADDRESS_SPACE:
        raise CommandError(
            "There is not enough memory to ink anything: this program may take {limit} MB of address space "
            "(ulimit -v), and needs more than {least} MB.",
            limit=limit >> 20,
            least=LEAST_ADDRESS_SPACE >> 20,
        )
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for each, OpenBLAS takes 32 MB when it is loaded
