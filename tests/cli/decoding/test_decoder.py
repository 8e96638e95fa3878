# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that decodes: whatever a file does to it is a sentence, and the system holds it to limits."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from attacks import ATTACKS
from PIL import Image

from smart_lineart.cli.decoding import decoder as decoder_module
from smart_lineart.cli.decoding.decoder import Decoder
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.page import Spool
from tests.cli.photoshop import photoshop_file

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="watches processes with Linux's own means")
ROOM = 112 << 20
MOST_SECONDS = 10.0  # of processor time: starting takes about one, and half a second is allowed here
ROOT = Path(__file__).resolve().parents[3]


def spool(folder: Path, room: int = ROOM) -> Spool:
    return Spool(1 << 24, folder, room)


def most_held(pid: int) -> int:
    """Bytes."""
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) << 10


@pytest.fixture(scope="module")
def decoder():
    with Decoder() as made:
        yield made


@LINUX
@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_file_is_a_sentence_and_no_memory(decoder: Decoder, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    ATTACKS[name](path)
    with contextlib.suppress(FileError):
        decoder.read(path, spool(tmp_path))
    assert decoder._process is not None, "its decoder did not live"
    assert most_held(decoder._process.pid) < ROOM
    process = int(Path(f"/proc/{decoder._process.pid}/stat").read_text().split()[13])
    assert process < 10 * os.sysconf("SC_CLK_TCK")


def changed(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have the process run `code` before it decodes anything."""
    main = "from smart_lineart.cli.decoding.process import main"
    assert main in decoder_module._BEGIN
    begin = decoder_module._BEGIN.replace(main, f"exec({code!r}); {main}")
    monkeypatch.setattr(decoder_module, "_BEGIN", begin)


BLIND = """
from smart_lineart.cli.files import read_raster
read_raster.check_memory = lambda *_: None
"""
AT_A_MARK = """
from smart_lineart.cli.files import reading
real = reading.open_picture
def opened(path, most):
    if "odd" in path.name:
        {deed}
    return real(path, most)
reading.open_picture = opened
from smart_lineart.cli.decoding import process
process.OPENING_SECONDS = 0.5
"""


@LINUX
@pytest.mark.parametrize("name", ["interlaced.png", "whole.webp", "scans.jpg", "ycc-strip.tif"])
def test_what_no_check_foresees_the_system_stops(tmp_path: Path, monkeypatch, name: str) -> None:
    """Of the YCbCr strip libvips says so, and goes on with black rows."""
    changed(monkeypatch, BLIND)
    path = tmp_path / name
    ATTACKS[name](path)
    with Decoder() as decoder:
        process = decoder._process
        with pytest.raises(FileError, match="memory"):
            decoder.read(path, spool(tmp_path))
        assert process.poll() is not None or most_held(process.pid) < ROOM


DEEDS = {
    "while True: pass": "takes far longer to read than its size explains",
    "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)": "its decoder ended with SIGSEGV",
    "import os; os.abort()": "its decoder ended with SIGABRT",
    "import os; os._exit(0)": "its decoder ended with status 0",
    "bytearray(1 << 30)": "takes more memory to read than allowed",
}


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("deed", DEEDS)
def test_whatever_a_decoder_does_the_next_file_is_read(
    sketch: Path, tmp_path: Path, monkeypatch, deed
) -> None:
    changed(monkeypatch, AT_A_MARK.format(deed=deed))
    odd = tmp_path / "odd.png"
    odd.write_bytes(sketch.read_bytes())
    before = os.times().children_user
    with Decoder() as decoder:
        with pytest.raises(FileError, match=DEEDS[deed]) as caught:
            decoder.read(odd, spool(tmp_path))
        assert str(caught.value).startswith(str(odd))
        assert os.times().children_user - before < MOST_SECONDS
        assert decoder.read(sketch, spool(tmp_path)).sketch.size == (240, 320)


@pytest.mark.parametrize(
    "said",
    [
        "({'picture': {'width': 10}}, b'')",
        "({'picture': dict(good, width=1 << 40)}, b'')",
        "({'picture': dict(good, bands=5)}, b'')",
        "({'picture': dict(good, sample='object')}, b'')",
        "({'picture': dict(good, dpi=[1e999, 1])}, b'')",
        "({'picture': dict(good, orientation=9)}, b'')",
        "({'picture': good}, b''), ({}, bytes(7))",
        "({'picture': good}, b''), ({}, bytes(1000))",
        "({'picture': good}, b''), ({}, b'')",
        "({'picture': []}, b'')",
        "({'refused': 'It is damaged.'}, b'')",
        "({'refused': {'template': '{name} is damaged.', 'values': {}}}, b'')",
    ],
)
def test_nonsense_of_a_decoder_is_a_sentence(sketch: Path, monkeypatch, said: str) -> None:
    good = {
        "width": 5,
        "height": 4,
        "bands": 1,
        "sample": "uint8",
        "dpi": None,
        "orientation": 1,
        "notices": [],
    }
    changed(
        monkeypatch,
        "from smart_lineart.cli.decoding import process\n"
        f"def tell(say, _, good={good!r}):\n    for told in ({said},): say(*told)\n    say({{'end': True}})\n"
        "process._tell = tell",
    )
    monkeypatch.setattr(decoder_module, "_POLITE_SECONDS", 0.1)
    with Decoder() as decoder, pytest.raises(FileError, match=r"its decoder ended|pixels one way|cut short"):
        decoder.read(sketch, spool(sketch.parent))


def test_what_a_decoder_says_of_a_file_keeps_its_template_and_values(tmp_path: Path) -> None:
    path = tmp_path / "{name} {}.psd"
    path.write_bytes(b"8BPS\0\1" + bytes(40))
    with Decoder() as decoder, pytest.raises(FileError) as caught:
        decoder.read(path, spool(tmp_path))
    assert caught.value.template == "{name} is damaged or cut short."
    assert caught.value.values == {"name": str(path)}


@pytest.mark.parametrize("kind", ["jpg", "png", "tif", "psd"])
def test_a_file_cut_short_while_it_is_read_is_told(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (2500, 2000, 3), np.uint8)
    path = tmp_path / f"noise.{kind}"
    if kind == "psd":
        photoshop_file(path, noise)
    else:
        Image.fromarray(noise).save(path)
    cut = []

    def cut_short() -> bool:  # looked at after each strip; the pipe holds the decoder back until then
        if not cut:
            cut.append(os.truncate(path, 1000))
        return False

    with Decoder() as decoder, pytest.raises(FileError, match="is damaged or cut short"):
        decoder.read(path, spool(tmp_path), cut_short)
    assert cut


INK = """
import sys, time
from cli_helpers import FakeInker
from smart_lineart.cli import engine, main
from smart_lineart.cli.decoding import decoder
inker = FakeInker()
engine.open_inker = lambda **_: inker
def read(self, *arguments):
    print(self._process.pid, flush=True)
    time.sleep(600)
decoder.Decoder.read = read
sys.exit(main(sys.argv[1:]))
"""


@LINUX
@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL]
)
def test_whatever_ends_the_command_ends_its_decoder(sketch: Path, number: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", INK, "ink", str(sketch)],
        cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    place = Path("/proc", child.stdout.readline().strip())
    assert place.exists()
    child.send_signal(number)
    _, err = child.communicate(timeout=60)
    assert child.returncode == (-9 if number == signal.SIGKILL else 130), err
    deadline = time.monotonic() + 20
    while place.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not place.exists()


@pytest.mark.parametrize(("limited", "error"), [(True, MemoryError), (False, FileError)])
def test_a_decoder_that_cannot_start_is_told_by_why(sketch: Path, monkeypatch, limited, error) -> None:
    monkeypatch.setattr(decoder_module, "_BEGIN", "import os; os._exit(3)")
    monkeypatch.setattr(decoder_module, "address_space_limit", lambda: 1 << 30 if limited else None)
    with Decoder() as decoder, pytest.raises(error, match="it ended with status 3"):
        decoder.read(sketch, spool(sketch.parent))


def test_the_decoder_s_process_never_loads_what_inks() -> None:
    code = (
        "import sys\nfrom smart_lineart.cli.decoding import process\n"
        "from smart_lineart.cli.files import read_krita, read_raster, reading\n"
        "print(sorted({'numpy', 'smart_lineart.inking', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
