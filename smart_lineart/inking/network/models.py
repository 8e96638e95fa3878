# SPDX-License-Identifier: GPL-3.0-or-later
"""Model folders: where they are, what their cards say, and whether their files are whole.

A model is a folder with ``model.onnx``, ``metadata.json`` and ``README.md`` (the card for people).
``metadata.json`` is one JSON object with these keys:

===================  =====================================================================================
``schema``           version of this list, 1
``name``             identifier; letters, digits, ``-``, ``_`` and ``.``
``version``          version of the model, text such as "1.0"
``title``            what an artist reads
``sha256``           checksum of model.onnx, hexadecimal
``input, output``    names of the network's input and output
``channels``         output channels
``stride``           total stride in working pixels; tile origins and sizes are multiples of it
``receptive_field``  side of the square of working pixels that one output pixel depends on
``licence``          SPDX identifier of the weights' licence
``metrics``          object with what was measured, name to number
``created``          date, ISO 8601
``tuning``           the numbers tuned to the network, stage by stage; may be left out, see inking/tuning.py
===================  =====================================================================================
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smart_lineart.inking.errors import ModelError
from smart_lineart.said import Said

SCHEMA = 1
DEFAULT_NAME = "lineart"
PICTURES = "lines"
"""The name of the model that reads finished pictures."""

ONNX_FILE = "model.onnx"
METADATA_FILE = "metadata.json"

# Translators: goes on after "; " in another sentence, as what to do.
REPAIR = Said("reinstall Smart Lineart or choose another model folder")
_TEXTS = ("name", "version", "title", "sha256", "input", "output", "licence", "created")
_COUNTS = {"channels": 256, "stride": 64, "receptive_field": 512}
"""The most of each that makes sense, about twice what the shipped network has.

They make the smallest tile, whatever the memory limit: 640 px square with these. With 1024 and 4096 it was
5120 px square, of which each ran for minutes.
"""
MOST_BYTES = {ONNX_FILE: 1 << 30, METADATA_FILE: 1 << 20}


@dataclass(frozen=True)
class Model:
    """A model whose folder was checked; ``metadata`` has every key listed above."""

    name: str
    folder: Path
    onnx: Path
    metadata: dict[str, Any]

    @property
    def stride(self) -> int:
        """Total stride in working pixels."""
        return int(self.metadata["stride"])

    @property
    def receptive_field(self) -> int:
        """Receptive field in working pixels, full width."""
        return int(self.metadata["receptive_field"])


def search_folders() -> list[Path]:
    """Folders that hold model folders: the package's own, then, in a checkout, the one beside the package."""
    package = Path(__file__).resolve().parents[2]
    return [package / "models", package.parent / "models"]


def available_models(notify: Callable[[Said], None] | None = None) -> list[Model]:
    """Return every sound model that inks sketches, the package's own first, each name once.

    A damaged model is left out, and the sentence that says what is wrong with it goes to ``notify``.
    """
    models: dict[str, Model] = {}
    for folder in _model_folders():
        model = _sound(folder, notify)
        if model is not None and model.name != PICTURES:
            models.setdefault(model.name, model)
    return list(models.values())


def default_model() -> Model:
    """Return the model used when none is chosen: the folder called "lineart", or the only one there is.

    Raises ModelError when there is none, several without that name, or when it is damaged.
    """
    folders = [folder for folder in _model_folders() if folder.name != PICTURES]
    for folder in folders:
        if folder.name == DEFAULT_NAME:
            return _checked(folder)
    if len(folders) == 1:
        return _checked(folders[0])
    places = search_folders()
    if not folders:
        raise ModelError("No model was found in {places}; reinstall Smart Lineart.", places=_either(places))
    names = ", ".join(folder.name for folder in folders)
    raise ModelError(
        "There are several models ({names}) and none is called {name}; choose one.",
        names=names,
        name=DEFAULT_NAME,
    )


def picture_model() -> Model:
    """Return the model that reads finished pictures. Raises ModelError where there is none, or it is damaged.

    It is looked for among those that come along alone, since any folder of a user's may have its name.
    """
    known = next((folder for folder in _model_folders() if folder.name == PICTURES), None)
    return _checked(search_folders()[0] / PICTURES if known is None else known)


def _either(places: list[Path]) -> Said | Path:
    """One place or another, in words."""
    *others, last = places
    return Said("{one} or {other}", one=_either(others), other=last) if others else last


def load_model(folder: Path | None) -> Model:
    """Return the model in ``folder``, or the default one, after checking its metadata and checksum.

    A bare name that is no folder here is looked for among those that come along. Raises ModelError.
    """
    if folder is None:
        return default_model()
    folder = Path(folder)
    if len(folder.parts) == 1 and not folder.exists():
        folder = next((known for known in _model_folders() if known.name == folder.name), folder)
    return _checked(folder)


def _model_folders() -> list[Path]:
    return [folder for place in search_folders() for folder in _subfolders(place) if _claims_model(folder)]


def _subfolders(place: Path) -> list[Path]:
    try:
        return sorted(child for child in place.iterdir() if child.is_dir())
    except OSError:  # not there: only one of the two places exists in most installations
        return []


def _sound(folder: Path, notify: Callable[[Said], None] | None) -> Model | None:
    try:
        return _checked(folder)
    except ModelError as error:
        if notify is not None:
            notify(error.said)
        return None


def _claims_model(folder: Path) -> bool:
    # A half-copied model must be reported, not overlooked, so either file is enough.
    try:
        return (folder / METADATA_FILE).exists() or (folder / ONNX_FILE).exists()
    except OSError:  # so must one that may not be entered
        return True


def _checked(folder: Path) -> Model:
    try:
        is_folder = stat.S_ISDIR(folder.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        raise ModelError(
            "The model folder {folder} does not exist; {remedy}.", folder=folder, remedy=REPAIR
        ) from None
    except OSError as error:
        raise ModelError(
            "The model folder {folder} cannot be read ({reason}); {remedy}.",
            folder=folder,
            reason=error.strerror,
            remedy=REPAIR,
        ) from error
    if not is_folder:
        raise ModelError(
            "{folder} is a file; choose the folder that holds {network} and {card}.",
            folder=folder,
            network=ONNX_FILE,
            card=METADATA_FILE,
        )
    metadata = _read_metadata(folder / METADATA_FILE)
    onnx = folder / ONNX_FILE
    if hashlib.sha256(_read(onnx)).hexdigest() != metadata["sha256"].lower():
        raise ModelError(
            "The model file {file} is damaged, its checksum differs from its card's; {remedy}.",
            file=onnx,
            remedy=REPAIR,
        )
    return Model(metadata["name"], folder, onnx, metadata)


def _read(path: Path) -> bytes:
    try:
        _check_file(path)
        return path.read_bytes()
    except FileNotFoundError:
        raise ModelError("The model file {file} is missing; {remedy}.", file=path, remedy=REPAIR) from None
    except OSError as error:
        raise ModelError(
            "The model file {file} cannot be read ({reason}); {remedy}.",
            file=path,
            reason=error.strerror,
            remedy=REPAIR,
        ) from error


def _check_file(path: Path) -> None:
    about = path.stat()
    if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
        raise OSError(errno.EINVAL, "no ordinary file")  # opening a pipe could wait for ever
    if about.st_size > MOST_BYTES[path.name]:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))


def _read_metadata(path: Path) -> dict[str, Any]:
    try:
        metadata = json.loads(_read(path).decode("utf-8"))
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, or brackets without end
        raise ModelError(
            "The model's card {card} is not valid JSON; {remedy}.", card=path, remedy=REPAIR
        ) from error
    if not isinstance(metadata, dict):
        raise ModelError("The model's card {card} is not a JSON object; {remedy}.", card=path, remedy=REPAIR)
    _check_schema(path, metadata)
    _check_values(path, metadata)
    return metadata


def _check_schema(path: Path, metadata: dict[str, Any]) -> None:
    if not _is_count(metadata.get("schema")):
        raise bad_key(path, "schema")
    if metadata["schema"] > SCHEMA:
        raise ModelError(
            "The model {model} was made for a newer Smart Lineart; update Smart Lineart.", model=path.parent
        )


def _check_values(path: Path, metadata: dict[str, Any]) -> None:
    sound: dict[str, bool] = {}
    for key in _TEXTS:
        sound[key] = isinstance(metadata.get(key), str) and bool(metadata[key].strip())
    for key, most in _COUNTS.items():
        sound[key] = _is_count(metadata.get(key)) and metadata[key] <= most
    sound["metrics"] = isinstance(metadata.get("metrics"), dict)
    sound["name"] = sound["name"] and re.fullmatch(r"[A-Za-z0-9._-]+", metadata["name"]) is not None
    sound["sha256"] = sound["sha256"] and re.fullmatch(r"[0-9A-Fa-f]{64}", metadata["sha256"]) is not None
    for key, is_sound in sound.items():
        if not is_sound:
            raise bad_key(path, key) if key in metadata else _missing_key(path, key)


def bad_key(card: Path, key: str) -> ModelError:
    """The error of a card with a value that cannot be."""
    return ModelError(
        'The model\'s card {card} has no valid "{key}"; {remedy}.', card=card, key=key, remedy=REPAIR
    )


def _missing_key(card: Path, key: str) -> ModelError:
    return ModelError('The model\'s card {card} lacks "{key}"; {remedy}.', card=card, key=key, remedy=REPAIR)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
