# SPDX-License-Identifier: GPL-3.0-or-later
"""What is fuzzed: everything that reads bytes somebody else may have made.

A target reads any bytes at all and raises nothing but the errors its code promises. `repaired` makes the
checksums of changed bytes right again, so that what lies behind them is reached.
"""

from __future__ import annotations

import io
import shutil
import struct
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache, partial
from pathlib import Path
from unittest import mock

import numpy as np

import smart_lineart.cli.files.read_krita
import smart_lineart.cli.files.read_psd
import smart_lineart.cli.files.read_raster  # noqa: F401 (a changed first byte makes another reader of one)
import smart_lineart.inking.inker as inker_module
from smart_lineart import framing
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.page import MAX_PIXELS, Spool, read_page
from smart_lineart.inking import (
    STYLES,
    Base,
    DamagedRecord,
    FreshInk,
    Inker,
    InkRecord,
    LayerInk,
    Lines,
    ModelError,
    Rect,
    Strip,
    Style,
)
from smart_lineart.inking.brushes.strip_files import SIGNATURE
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.errors import BadStrip, InkError
from smart_lineart.inking.network.models import load_model
from smart_lineart.inking.network.runtime import answers
from smart_lineart.inking.network.runtime.worker_process import Answer, WorkerDied
from smart_lineart.inking.renewing.record import AROUND, HEAD, MAGIC
from smart_lineart.inking.strokes import Strokes
from smart_lineart.krita_host.preset_settings import stamp_of
from smart_lineart.studio.engine import LEAST_MB, MOST_MB, CachedFeatures, EngineOptions
from smart_lineart.studio.settings import LIMITS, DocumentState, InkSettings, read_object, shown_thickness
from tests.fuzz import seeds
from tests.fuzz.guard import guarded

IN_MEMORY = 1 << 20
RECORD_LIMIT = 1 << 24
RECORD_MEMORY = 24 << 20
PAGE = Rect(0, 0, 120, 90)


@dataclass(frozen=True)
class Target:
    """Something that reads bytes.

    Attributes:
        read: takes any bytes; raises what is a bug.
        seeds: sound files to begin with.
        repaired: the same bytes with right checksums.
    """

    read: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    repaired: Callable[[bytes], bytes] = bytes

    def check(self, data: bytes) -> None:
        """Read bytes as they are and with right checksums."""
        self.warm()
        with guarded(scratch()):
            self.read(data)
            mended = self.repaired(data)
            if mended != data:
                self.read(mended)

    @cache  # noqa: B019 (there are eight targets)
    def warm(self) -> None:
        """Read what is sound: libraries import what they need at first use, which is no file's doing."""
        for data in self.seeds():
            self.read(data)


@cache
def scratch() -> Path:
    """An empty folder that is gone with this process."""
    folder = tempfile.TemporaryDirectory(prefix="smart-lineart-fuzz-")
    _kept.append(folder)
    return Path(folder.name)


_kept: list[tempfile.TemporaryDirectory] = []


# ---- images


def read_image(data: bytes, name: str) -> None:
    folder = scratch() / "images"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    try:
        page = read_page(path, Spool(IN_MEMORY, folder))
    except FileError:
        pass
    else:
        height, width = page.sketch.size
        assert 0 < height * width <= MAX_PIXELS
        for top in {0, height // 2, max(0, height - 4)}:
            luma = page.sketch.read_luma(top, min(height, top + 4))
            assert luma.shape == (min(height, top + 4) - top, width)
            assert ((luma >= 0) & (luma <= 1)).all()
        assert page.dpi is None or all(value > 0 for value in page.dpi)
    assert [left.name for left in folder.iterdir()] == [name]
    path.unlink()


def read_archive(data: bytes) -> None:
    """An archive as it is, and one made of the bytes, so that more than its frame varies."""
    read_image(data, "drawing.kra")
    if not data.startswith(b"PK"):
        return
    parts = data.split(b"PK")[1:]
    # Python's writer cuts names at a zero byte, and warns of those that come twice.
    entries = {part[:30].decode("latin-1").split("\0")[0]: part[30:] for part in parts}
    entries.pop("", None)
    read_image(seeds.krita_archive({**entries, "mergedimage.png": data[40:]}), "drawing.kra")


def with_png_checksums(data: bytes) -> bytes:
    if not data.startswith(SIGNATURE):
        return data
    out, at = [SIGNATURE], len(SIGNATURE)
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > len(data):
            break
        body = data[at + 4 : end]
        out.append(data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body)))
        at = end + 4
    return b"".join(out) + data[at:]


# ---- brush strips


def read_strip(data: bytes) -> None:
    try:
        strip = Strip.from_bytes(data)
    except BadStrip:
        return
    assert Strip.from_bytes(strip.to_bytes()) == strip
    medium = strip.medium
    for curve in (medium.width, medium.outline):
        assert np.isfinite(curve).all()
    assert np.isfinite([medium.core, medium.taper]).all()
    line = Strokes.from_lists([np.array([[8, 8], [20, 11], [40, 9]], np.float32)], [np.ones(3)], [1.0])
    style = Style("mine", "Mine", given=strip)
    assert draw(line, Rect(0, 0, 48, 20), thickness=4.0, style=style).shape == (20, 48)


# ---- notes in a document, and the user's settings


def read_note(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    state = DocumentState.from_json(text)
    assert DocumentState.from_json(state.to_json()) == state
    state.to_json().encode("utf-8")
    for settings in (state.settings, *(record.settings for record in state.records)):
        if settings is None:  # a document that nothing was chosen in
            continue
        assert all(low <= getattr(settings, name) <= high for name, (low, high) in LIMITS.items())
        assert shown_thickness(settings, 300.0) > 0
    for record in state.records:
        assert state.record_of(record.sketch) is not None
    values = read_object(text)
    for notes in (values, (values or {}).get("sketch")):
        seen = CachedFeatures.from_notes("d", "{a}", notes)
        assert seen is None or seen.notes() is not None
    InkSettings.from_dict(values)
    assert LEAST_MB <= EngineOptions.from_dict(values).memory <= MOST_MB


def read_record(data: bytes) -> None:
    try:
        record = InkRecord.from_bytes(data, RECORD_LIMIT)
    except DamagedRecord:
        return
    area = record.area
    here = Rect(area.x - 3, area.y - 3, min(area.width, 300) + 6, min(area.height, 300) + 6)
    uses: list[Callable[[], object]] = [
        lambda: record.coverage(here),
        lambda: record.moved(5, -7).coverage(here),
    ]
    if area.width * area.height <= 1 << 20:
        uses += [
            record.coverage,
            partial(record.turned, 1, 400, 300),
            partial(record.mirrored, 400),
            lambda: record.scaled(0.5, 1.5),
        ]
    for use in uses:
        try:
            use()
        except DamagedRecord:
            continue
    again = InkRecord.from_bytes(record.to_bytes(), RECORD_LIMIT)
    assert again == record
    CachedFeatures.from_notes("d", "{a}", record.notes.get("sketch"))
    renew_with(record)


def renew_with(record: InkRecord) -> None:
    """Renew a lineart that a record may be of, as the docker does; the artist drew on it."""
    alpha = np.zeros((PAGE.height, PAGE.width), np.uint8)
    alpha[20:60:7, 10:100] = 255
    layer = LayerInk(alpha, alpha > 254, PAGE)
    try:
        base = Base.find_on(PAGE, record, layer, RECORD_MEMORY)
        if base is None:
            return
        line = Strokes.from_lists([np.array([[8, 8], [60, 41], [110, 39]], np.float32)], [np.ones(3)], [1.0])
        lines = Lines(line, 4.0, STYLES["pen"])
        fresh = base.place(FreshInk(draw(line, PAGE, thickness=4.0, style=STYLES["pen"]), PAGE, 4.0, lines))
        area = base.area(fresh)
        assert area.width * area.height < 40 * (PAGE.width + AROUND) * (PAGE.height + AROUND)
        merge = base.merge(fresh, area)
        assert merge.apply(base.layer.over(area)[0]).shape == (area.height, area.width)
        assert len(merge.kept) == merge.places
        base.remember(fresh, np.full((area.height, area.width), 99, np.uint8), area).to_bytes()
    except DamagedRecord:
        return


def with_record_checksum(data: bytes) -> bytes:
    start = len(MAGIC) + HEAD.size
    if len(data) < start:
        return data
    version, facts, tiles, _ = HEAD.unpack_from(data, len(MAGIC))
    body = data[start:]
    return MAGIC + HEAD.pack(version, facts, tiles, zlib.crc32(body)) + body


def read_preset(data: bytes) -> None:
    stamp = stamp_of(data.decode("utf-8", "replace"))
    if stamp is not None:
        assert np.isfinite([getattr(stamp, item.name) for item in fields(stamp)]).all()


# ---- models


@cache
def model_folder() -> Path:
    folder = scratch() / "model"
    folder.mkdir()
    shutil.copy(load_model(None).onnx, folder / "model.onnx")
    return folder


class Paper:
    """A network that sees nothing."""

    runtime_name, device_name = "openvino", "cpu"

    def __init__(self, channels: int):
        self.channels = channels

    def run(self, tile: np.ndarray) -> np.ndarray:
        assert tile.nbytes <= 64 << 20, "a tile beyond all measure"
        return np.zeros((1, self.channels, *tile.shape[2:]), np.uint8)

    def close(self) -> None:
        pass


def read_card(data: bytes) -> None:
    (model_folder() / "metadata.json").write_bytes(data)
    try:
        model = load_model(model_folder())
        network = Paper(int(model.metadata["channels"]))
        with mock.patch.object(inker_module, "load_network", return_value=(network, "openvino", "cpu")):
            inker = Inker(model=model_folder())
            inker.prepare(np.pad(np.zeros((4, 40), np.uint8), 20, constant_values=255))
    except ModelError:
        return


# ---- what a worker process says


def read_messages(data: bytes) -> None:
    pipe = io.BytesIO(data)
    while True:
        try:
            fields, payload = framing.receive(pipe)
        except (EOFError, framing.Garbled):
            return
        for read in (
            answers.raise_error,
            answers.read_names,
            answers.read_devices,
            lambda fields, payload=payload: answers.read_map(Answer(fields, payload), 16, 32),
        ):
            try:
                read(fields)
            except (WorkerDied, InkError):
                continue


def with_message_lengths(data: bytes) -> bytes:
    """One message whose lengths are those of what is there: fields up to the last brace."""
    body = data[12:]
    head = body.rfind(b"}") + 1
    return struct.pack("<IQ", head, len(body) - head) + body


TARGETS = {
    "raster": Target(partial(read_image, name="drawing"), seeds.raster, with_png_checksums),
    "psd": Target(partial(read_image, name="drawing.psd"), seeds.psd),
    "kra": Target(read_archive, seeds.kra),
    "strip": Target(read_strip, seeds.strip, with_png_checksums),
    "note": Target(read_note, seeds.notes),
    "record": Target(read_record, seeds.record, with_record_checksum),
    "preset": Target(read_preset, seeds.preset),
    "model": Target(read_card, seeds.model),
    "message": Target(read_messages, seeds.message, with_message_lengths),
}
