# SPDX-License-Identifier: GPL-3.0-or-later
"""Put figures into a model's card: `python -m training.figures models/lineart lineart/quality/metrics.json`.

The second file is what benchmarks/quality.py wrote when it measured this model.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

SHOWN = {
    "F": 3,
    "fixes": 2,
    "L": 3,
    "ends": 2,
    "comp": 3,
    "grey": 2,
    "dirt": 2,
    "width": 2,
}  # metric: decimals


def put_figures(folder: Path, measured: Path) -> None:
    """Replace the metrics of the model in `folder` with the medians in `measured`."""
    median = json.loads(measured.read_text())["summary"]["ours"]["median"]
    card = folder / "metadata.json"
    metadata = json.loads(card.read_text())
    metadata["metrics"] = {name: round(median[name], decimals) for name, decimals in SHOWN.items()}
    card.write_text(json.dumps(metadata, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("measured", type=Path)
    args = parser.parse_args()
    put_figures(args.folder, args.measured)


if __name__ == "__main__":
    main()
