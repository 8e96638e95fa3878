# SPDX-License-Identifier: GPL-3.0-or-later
"""What fuzzing and reading the code with a hostile eye have found; each input once did harm."""

from __future__ import annotations

import base64
import io
import json
import os
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pytest
import pyvips

from smart_lineart import framing
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.page import Spool, read_page
from smart_lineart.inking import DamagedRecord, Inker, InkRecord, ModelError, Rect
from smart_lineart.inking.network.models import load_model
from smart_lineart.inking.network.runtime import answers
from smart_lineart.inking.network.runtime.worker_process import Answer, WorkerDied
from smart_lineart.inking.renewing.record import HEAD, MAGIC
from smart_lineart.krita_host.preset_settings import stamp_of
from smart_lineart.said import Said
from smart_lineart.studio.engine import EngineOptions
from smart_lineart.studio.settings import LONGEST_NOTE, DocumentState, InkSettings, read_object
from tests.fuzz import seeds

HUGE = "1" + "0" * 400  # an integer that no float can hold
DEEP = '{"a":' + "[" * 100_000


def refused(path: Path, content: bytes, spool: Spool | None = None) -> str:
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        read_page(path, spool or Spool(1 << 20, path.parent))
    return str(caught.value)


class TestNotes:
    def test_an_integer_beyond_all_floats_is_bounded(self) -> None:
        state = DocumentState.from_json(f'{{"settings": {{"thickness": {HUGE}, "faint": -{HUGE}}}}}')
        assert state.settings == InkSettings(thickness=100.0, faint=0.0)

    def test_brackets_without_end_are_no_note(self) -> None:
        assert DocumentState.from_json(DEEP) == DocumentState()

    def test_a_note_without_measure_is_not_even_looked_into(self) -> None:
        assert read_object('{"version": 1}' + " " * LONGEST_NOTE) is None

    def test_no_more_layers_are_believed_than_are_ever_written(self) -> None:
        layers = [str(number) for number in range(1000)]
        text = json.dumps({"records": [{"sketch": "a", "layers": layers}]})
        assert DocumentState.from_json(text).records[0].layers == tuple(layers[-64:])

    @pytest.mark.parametrize("memory", [HUGE, f"-{HUGE}", "1e999", "NaN", "true", '"1"', "[]"])
    def test_the_engine_s_memory_stays_within_its_limits(self, memory: str) -> None:
        options = EngineOptions.from_dict(read_object(f'{{"memory": {memory}}}'))
        assert 128 <= options.memory <= 16384


class TestRecords:
    @pytest.mark.parametrize(
        "facts",
        [
            '{"area":[0,0,Infinity,1],"thickness":1.0,"exact":true,"notes":{}}',
            '{"area":[0,0,1,1],"thickness":' + HUGE + ',"exact":true,"notes":{}}',
            DEEP,
        ],
    )
    def test_numbers_and_brackets_beyond_measure_are_damage(self, facts: str) -> None:
        body = facts.encode()
        data = MAGIC + HEAD.pack(1, len(body), 0, zlib.crc32(body)) + body
        with pytest.raises(DamagedRecord):
            InkRecord.from_bytes(data)

    def test_facts_are_utf_8_and_nothing_else(self) -> None:
        body = '{"area":[0,0,1,1],"thickness":1.0,"exact":true,"notes":{}}'.encode("utf-16")
        data = MAGIC + HEAD.pack(1, len(body), 0, zlib.crc32(body)) + body
        with pytest.raises(DamagedRecord):
            InkRecord.from_bytes(data)

    def test_a_single_changed_bit_is_damage(self) -> None:
        made = bytearray(seeds.record()[0])
        made[-9] ^= 1
        with pytest.raises(DamagedRecord):
            InkRecord.from_bytes(bytes(made))

    def test_ink_of_no_area_can_be_scaled(self) -> None:
        scaled = InkRecord(Rect(0, 0, 0, 0), 1.0).scaled(0.5, 1.5)
        assert not scaled.coverage().any()


class TestMessages:
    def test_brackets_without_end_are_no_message(self) -> None:
        head = b"[" * (framing.MOST_FIELDS // 2)  # few enough bytes to be read
        with pytest.raises(framing.Garbled):
            framing.receive(io.BytesIO(struct.pack("<IQ", len(head), 0) + head))

    def test_memory_is_taken_for_what_comes_and_not_for_what_is_announced(self) -> None:
        pipe = io.BytesIO(struct.pack("<IQ", 2, 1 << 30) + b"{}" + bytes(100))
        tracemalloc.start()
        with pytest.raises(EOFError):
            framing.receive(pipe)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 4 * framing.PART

    def test_a_payload_of_several_parts_arrives_whole(self, monkeypatch) -> None:
        monkeypatch.setattr(framing, "PART", 7)
        pipe = io.BytesIO()
        framing.send(pipe, {"a": 1}, bytes(range(100)))
        pipe.seek(0)
        assert framing.receive(pipe) == ({"a": 1}, bytearray(range(100)))

    @pytest.mark.parametrize(
        "fields",
        [
            {"shape": [1, 2, 16, 32]},
            {"shape": [1, "2", 16, 32], "runtime": "openvino", "device": "cpu"},
            {"shape": [1, -2, 16, 32], "runtime": "openvino", "device": "cpu"},
            {"shape": [1, 2.0, 16, 32], "runtime": "openvino", "device": "cpu"},
            {"shape": {"0": 1}, "runtime": "openvino", "device": "cpu"},
            {"shape": [1, 2, 16, 32], "runtime": ["openvino"], "device": "cpu"},
        ],
    )
    def test_an_answer_that_makes_no_sense_is_the_end_of_its_process(self, fields: dict) -> None:
        with pytest.raises(WorkerDied):
            answers.read_map(Answer(fields, bytearray(2 * 16 * 32)), 16, 32)
            answers.read_names(fields)

    @pytest.mark.parametrize("size", [0, 2 * 16 * 32 - 1, 2 * 16 * 32 + 1])
    def test_a_map_of_more_or_less_than_it_says_is_the_end_of_its_process(self, size: int) -> None:
        with pytest.raises(WorkerDied):
            answers.read_map(Answer({"shape": [1, 2, 16, 32]}, bytearray(size)), 16, 32)

    @pytest.mark.parametrize("devices", [None, {}, [1], [{"runtime": "a"}], [{"runtime": 1, "kind": "cpu"}]])
    def test_devices_that_are_none_are_the_end_of_their_process(self, devices) -> None:
        with pytest.raises(WorkerDied):
            answers.read_devices({"devices": devices})

    def test_an_unknown_error_is_still_a_sentence(self) -> None:
        with pytest.raises(ModelError, match="Something"):
            answers.raise_error({"error": ["no", "name"], "said": Said("Something.").to_data()})


class TestModels:
    def card(self, folder: Path, **changes: object) -> Path:
        model = load_model(None)
        folder.mkdir()
        (folder / "model.onnx").write_bytes(model.onnx.read_bytes())
        (folder / "metadata.json").write_text(json.dumps({**model.metadata, **changes}))
        return folder

    @pytest.mark.parametrize(
        ("key", "value"), [("stride", 1 << 40), ("receptive_field", 1 << 40), ("channels", 1 << 40)]
    )
    def test_a_card_that_asks_for_memory_without_end_is_refused(
        self, tmp_path: Path, key: str, value: int
    ) -> None:
        with pytest.raises(ModelError, match=key):
            load_model(self.card(tmp_path / "mine", **{key: value}))

    def test_another_number_of_channels_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="has 3 channels"):
            Inker(model=self.card(tmp_path / "mine", channels=3))

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
    def test_a_pipe_in_place_of_a_file_is_not_waited_for(self, tmp_path: Path) -> None:
        folder = self.card(tmp_path / "mine")
        (folder / "model.onnx").unlink()
        os.mkfifo(folder / "model.onnx")
        with pytest.raises(ModelError, match="no ordinary file"):
            load_model(folder)

    def test_a_card_of_gigabytes_is_not_read(self, tmp_path: Path) -> None:
        folder = self.card(tmp_path / "mine")
        with (folder / "metadata.json").open("ab") as file:
            file.truncate(1 << 33)
        with pytest.raises(ModelError, match="cannot be read"):
            load_model(folder)


class TestPhotoshop:
    @pytest.mark.parametrize(("channels", "mode"), [(1, 3), (0, 1), (57, 1), (65535, 3)])
    def test_numbers_of_channels_that_cannot_be(self, tmp_path: Path, channels: int, mode: int) -> None:
        header = b"8BPS" + struct.pack(">H6xHIIHH", 1, channels, 10, 10, 8, mode)
        said = refused(tmp_path / "a.psd", header + bytes(12) + b"\0\0" + bytes(5000))
        assert said.endswith("is damaged or cut short.")

    def test_a_page_of_the_most_channels_takes_memory_for_those_it_uses(self, tmp_path: Path) -> None:
        header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 56, 100_000, 1000, 8, 1)
        tracemalloc.start()
        refused(tmp_path / "a.psd", header + bytes(12) + b"\0\0" + bytes(5000))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 16 << 20

    def test_resources_of_gigabytes_are_passed_over(self, tmp_path: Path) -> None:
        made = seeds.photoshop(seeds.GREY[..., None], 1)
        resources = b"8BIM" + struct.pack(">HHI", 1060, 0, 1 << 30)
        header, rest = made[:30], made[30 + 4 + 28 :]
        path = tmp_path / "a.psd"
        with path.open("wb") as file:
            file.write(header + struct.pack(">I", len(resources) + (1 << 30)) + resources)
            file.seek(1 << 30, os.SEEK_CUR)
            file.write(rest)
        tracemalloc.start()
        page = read_page(path, Spool(1 << 20, tmp_path))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert page.sketch.size == seeds.GREY.shape
        assert peak < 16 << 20

    def test_large_pages_of_the_rarer_kinds_are_left_to_others(self, tmp_path: Path) -> None:
        header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 4, 20_000, 20_000, 8, 4)
        assert "save it as PNG or TIFF" in refused(
            tmp_path / "a.psd", header + bytes(12) + b"\0\0" + bytes(5000)
        )


class TestKrita:
    def test_a_name_that_is_no_text(self, tmp_path: Path) -> None:
        made = bytearray(seeds.krita_archive({"mergedimage.png": b"x", "ä": b"x"}))
        made[made.rfind("ä".encode())] = 0x80
        assert "damaged" in refused(tmp_path / "a.kra", bytes(made))

    @pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
    def test_only_what_krita_packs_with_is_unpacked(self, tmp_path: Path, packing: int) -> None:
        made = seeds.krita_archive({"mergedimage.png": seeds.saved(seeds.GREY, "PNG")}, packing)
        assert "damaged" in refused(tmp_path / "a.kra", made)

    @pytest.mark.parametrize("zip64", [False, True])
    def test_names_by_the_million_are_not_read(self, tmp_path: Path, zip64: bool) -> None:
        name = b"a" * 60_000
        entry = b"PK\1\2" + struct.pack("<6H3I5H2I", 20, 20, *[0] * 7, len(name), *[0] * 6) + name
        names, start = entry * 100, 31
        said = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) if zip64 else (100, 100, len(names), start)
        tail = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 100, 100, len(names), start)
        tail += b"PK\6\7" + struct.pack("<IQI", 0, start + len(names), 1)
        end = b"PK\5\6" + struct.pack("<4H2IH", 0, 0, *said, 0)
        local = b"PK\3\4" + struct.pack("<5H3I2H", 20, *[0] * 7, 1, 0) + b"a"
        assert "damaged" in refused(tmp_path / "a.kra", local + names + (tail if zip64 else b"") + end)

    def test_what_swells_beyond_measure_is_refused_before_it_is_unpacked(self, tmp_path: Path) -> None:
        made = seeds.krita_archive({"mergedimage.png": bytes(200 << 20)})
        assert len(made) < 1 << 20
        assert "too large" in refused(tmp_path / "a.kra", made)


MEASURE = """
import sys
from pathlib import Path
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.page import Spool, read_page
path = Path(sys.argv[1])
try:
    said = read_page(path, Spool(1 << 24, path.parent, int(sys.argv[2]))).sketch.size
except FileError as error:
    said = error
status = Path("/proc/self/status").read_text()  # getrusage counts the parent as well
print(int(status.split("VmHWM:")[1].split()[0]) >> 10, said)
"""


def save_large(path: Path) -> None:
    """49 megapixels of white in a few kilobytes, in kinds that are unpacked as a whole."""
    page = (pyvips.Image.black(7000, 7000, bands=3) + 255).cast("uchar").copy(interpretation="srgb")
    kinds = {
        ".png": lambda: page.pngsave(str(path), interlace=True, compression=1),
        ".jpg": lambda: page.jpegsave(str(path), interlace=True),
        ".webp": lambda: page.webpsave(str(path), lossless=True, effort=0),
        ".tif": lambda: page.tiffsave(
            str(path), compression="deflate", tile=True, tile_width=128, tile_height=7008
        ),
    }
    kinds[path.suffix]()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured with Linux's own means")
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_what_must_be_unpacked_as_a_whole_is_refused_where_it_would_break_the_limit(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"page{suffix}"
    save_large(path)
    peaks = {}
    for most in (64 << 20, 1 << 30):
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(path), str(most)], capture_output=True, text=True, check=True
        )
        peak, said = done.stdout.split(" ", 1)
        peaks[most] = int(peak)
        assert ("--memory-limit" in said) == (most < 1 << 30), said
    assert peaks[64 << 20] < 110  # MB: Python and libvips alone
    assert peaks[1 << 30] > peaks[64 << 20] + 64  # what was refused would have been too much


class TestPresets:
    @pytest.mark.parametrize(
        "odd", ["1" * 300_000, 'id="pressure" ' * 60_000, "<a>" * 100_000, "," * 300_000]
    )
    def test_no_curve_takes_longer_than_its_length(self, odd: str) -> None:
        preset = seeds.preset()[0].decode()
        began = time.monotonic()
        stamp_of(preset.replace("0,0;1,1;", escape(odd)))
        stamp_of(preset.replace("<params", f"<params {odd}".replace("<", "")))
        assert time.monotonic() - began < 5

    def test_entities_are_not_expanded(self) -> None:
        bomb = '<!DOCTYPE a [<!ENTITY b "cccccccc">]>' + seeds.preset()[0].decode()
        assert stamp_of(bomb) is None


WIDE_ROWS = base64.b64decode(  # 324 bytes of TIFF that say they are 65553 x 12 px of 256 bands, 32 bits each
    b"SUkrAAgAAAAQAAAAAAAAAA8AAAAAAAAAAAEEAAEAAAAAAAAAEQABAAAAAAABAQQAAQAAAAAAAAAMAAAAAAAAAAIBAwABAAAA"
    b"AAAAACAAAAAAAAAAAwEDAAEAAAAAAAAAAQAAAAAAAAAGAQMAAQAAAAAAAAD/////AAAAAA4BAgAXAAAAAAAAAEwBAAAAAAAA"
    b"EQEQAAEAAAAAAAAAgAEAAAAAAAAVAQMAAQAAAAAAAAAAAQAAAAAAABYBBAABAAAAAAAAAAwAAAAAFwAAAQAQAAEAAAAAAAAA"
    b"MAMAAAAAAAAAiVBORw0KGgoAAAANSUhEUgAAAP/+AE1NACoAAAAIAA4BAAAEAAAAAQAAABEBAQAEAAAAAQC3AAAMAQIAAwAA"
    b"AAEAEAAAAQMAAwAAAAEACAAAiVAAAAEAAAAAAAAAMQFORw0K"
)


def test_rows_of_hundreds_of_bands_are_refused(tmp_path: Path) -> None:
    assert "--memory-limit" in refused(tmp_path / "a.tif", WIDE_ROWS)


def test_a_strip_of_rows_is_all_that_other_kinds_take(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    page = (pyvips.Image.black(7000, 7000) + 255).cast("uchar").copy(interpretation="b-w")
    page.pngsave(str(path), compression=1)
    assert read_page(path, Spool(1 << 20, tmp_path, 1 << 20)).sketch.size == (7000, 7000)
    assert np.isfinite(read_page(path, Spool(1 << 20, tmp_path, 1 << 20)).sketch.read_luma(0, 4)).all()
