# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point: what was asked, exit codes, and one sentence for whatever goes wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from smart_lineart.cli.arguments import make_parser
from smart_lineart.cli.errors import CommandError, Interrupted, out_of_memory

EXIT_FAILED = 2
EXIT_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 all is well; 1 some sketches of a batch failed; 2 nothing was done: wrong options, or the one sketch
    could not be inked; 130 interrupted.
    """
    try:
        return _run(argv)
    except (Interrupted, KeyboardInterrupt):
        complain(str(Interrupted()))
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone; Python would say so once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except CommandError as error:
        complain(str(error))
        return EXIT_FAILED
    except (
        MemoryError,
        ImportError,
        OSError,
        RuntimeError,
    ) as error:  # where memory is short, libraries cannot be loaded
        if not out_of_memory(error):
            raise
        complain("There is not enough memory to ink anything.")
        return EXIT_FAILED


def _run(argv: Sequence[str] | None) -> int:
    arguments = make_parser().parse_args(argv)
    if arguments.command == "info":
        from smart_lineart.cli.info import info_command

        return info_command(as_json=arguments.json)
    from smart_lineart.cli.batch import ink_command

    return ink_command(arguments)


def complain(sentence: str) -> None:
    """Say one sentence on stderr."""
    print(f"smart-lineart: {sentence}", file=sys.stderr, flush=True)
