# SPDX-License-Identifier: GPL-3.0-or-later
"""Blend two checkpoints of one training: `python -m training.blend BEFORE AFTER OUT --share 0.5`.

Weights between those that training went on from and those it arrived at often do better than either
(Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", section 3): what was learned anew is kept in
part, and so is what would have been forgotten.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch


def blend(before: Path, after: Path, out: Path, share: float) -> None:
    """Write a checkpoint with weights at `share` of the way from those of `before` to those of `after`.

    Raises ValueError when they are not of one network.
    """
    one, two = (torch.load(path, map_location="cpu", weights_only=True) for path in (before, after))
    first, second = one["average"], two["average"]
    if {n: v.shape for n, v in first.items()} != {n: v.shape for n, v in second.items()}:
        raise ValueError(f"{before} and {after} hold different networks")
    blended = {
        name: torch.lerp(first[name].float(), value.float(), share)
        if value.dtype.is_floating_point
        else value
        for name, value in second.items()
    }
    torch.save({"net": blended, "average": blended, "step": two["step"]}, out)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.5)
    args = parser.parse_args()
    blend(args.before, args.after, args.out, args.share)


if __name__ == "__main__":
    main()
