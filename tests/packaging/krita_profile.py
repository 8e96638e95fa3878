# SPDX-License-Identifier: GPL-3.0-or-later
"""A Krita profile that outlives restarts, without the plugin, and cut off from the network."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "krita"))

import harness

# Finds the dialog that is open, by class and title, and answers when it is; dialogs run event loops of their
# own.
DIALOG = """
def job():
    app = QtWidgets.QApplication
    yield from until(lambda: app.activeModalWidget() is not None)
    yield 300
    window = app.activeModalWidget()
    return [type(window).__name__, window.windowTitle()]
"""
PRESS = """
def job():
    box = QtWidgets.QApplication.activeModalWidget()
    button = box.button(getattr(QtWidgets.QMessageBox.StandardButton, NAME))
    text = box.text()
    # After this answer, since what follows may open the next dialog inside the click.
    QtCore.QTimer.singleShot(50, button.click)
    return text
"""
GONE = """
def job():
    yield from until(lambda: QtWidgets.QApplication.activeModalWidget() is None)
    yield 300
"""

_UNSHARED = "-rnm"
# No network: the namespace's only interface is down. X is reached through its socket file.
_ISOLATED = """#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
exec unshare UNSHARED sh -c 'HIDING
exec krita "$@"' krita "$@"
"""
# The system's packages without numpy, as official builds of Krita have it.
_HIDING = """
set -e
system=/usr/lib/python3/dist-packages
mkdir -p "$HOME/packages"
mount --bind $system "$HOME/packages"
mount -t tmpfs none $system
for package in "$HOME"/packages/*; do
    case "$package" in */numpy*) ;; *) ln -s "$package" $system/ ;; esac
done"""
_NUMPY_LATER = """

class _Numpy:
    def __getattr__(self, name):
        import numpy
        return getattr(numpy, name)


np = _Numpy()
"""


def cannot_cut_off() -> str:
    """Why no Krita can be started without network here, or an empty string."""
    if harness.chroot():
        return ""
    ran = subprocess.run(["unshare", _UNSHARED, "true"], capture_output=True, text=True, check=False)
    return ran.stderr.strip()


class KritaProfile:
    """A new user's profile, cut off from the network and the system's numpy; `start` a Krita on it as often
    as wanted, `remove` it in the end."""

    def __init__(self, screen: harness.Screen):
        self.screen = screen
        base = harness.SHARE if harness.chroot() else Path(tempfile.gettempdir())
        base.mkdir(parents=True, exist_ok=True)
        self.home = Path(tempfile.mkdtemp(prefix="smart-lineart-profile-", dir=base))
        shutil.copytree(harness.warm_profile(screen), self.home, dirs_exist_ok=True, symlinks=True)
        harness.write_profile(self.home, "", plugin=False)
        # A user who has never heard of the plugin.
        (self.config / "kritarc").write_text("[python]\nenable_smart_lineart_driver=true\n", encoding="utf-8")
        (self.home / "driver").mkdir(exist_ok=True)
        self._cut_off()

    @property
    def resources(self) -> Path:
        """Krita's resource folder."""
        return self.home / "data/krita"

    @property
    def config(self) -> Path:
        """The folder of kritarc."""
        return self.home / "config"

    def start(self) -> PersistentKrita:
        """Start Krita, and wait until it has a window."""
        return PersistentKrita(self)

    def remove(self) -> None:
        """Delete it."""
        shutil.rmtree(self.home, ignore_errors=True)

    def _cut_off(self) -> None:
        # The harness starts whatever `krita` is first on PATH: here, the real one in namespaces of its own.
        folder = self.home / "bin"
        folder.mkdir()
        script = folder / "krita"
        # From inside a chroot no user namespace can be made, and so nothing hidden.
        unshared, hiding = ("-n", ":") if harness.chroot() else (_UNSHARED, _HIDING)
        script.write_text(_ISOLATED.replace("UNSHARED", unshared).replace("HIDING", hiding))
        script.chmod(0o755)
        # The driver uses numpy, but must not be the one who brings it.
        helpers = self.resources / "pykrita/smart_lineart_driver/helpers.py"
        text = helpers.read_text(encoding="utf-8")
        assert "\nimport numpy as np\n" in text
        helpers.write_text(text.replace("\nimport numpy as np\n", _NUMPY_LATER), encoding="utf-8")

    def environment(self) -> dict[str, str]:
        """What Krita's environment has besides the harness's; no runtime is named there."""
        return {
            "PATH": f"{self.home}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "SMART_LINEART_DRIVER": str(self.home / "driver"),
        }


class PersistentKrita(harness.KritaProcess):
    """A Krita on a profile that stays."""

    def __init__(self, profile: KritaProfile):
        self.screen, self.home, self.driver = profile.screen, profile.home, profile.home / "driver"
        for old in self.driver.iterdir():
            old.unlink()
        self._number = 0
        self.log = self.home / "krita.log"
        self._process = harness.launch(self.home, self.screen, self.log, profile.environment())
        ready = "def job():\n    yield from until(lambda: K.activeWindow() is not None)\n    yield 500"
        self.run(ready, timeout=harness.START_SECONDS)

    def import_plugin(self, archive: Path, *, overwrite: bool = False) -> list[str]:
        """Tools > Scripts > Import Python Plugin from File, with the keyboard; returns what the dialogs
        said."""
        trigger = "QtCore.QTimer.singleShot(0, K.action('plugin_importer_file').trigger)"
        self.run(f"def job():\n    {trigger}")
        self.run(DIALOG)
        self.screen.xdotool("type", "--delay", 5, archive)
        time.sleep(0.5)
        self.screen.key("Return")
        said = [self.press("Yes") for _ in range(2 if overwrite else 1)]
        self.run(GONE)
        return said

    def press(self, button: str) -> str:
        """Wait for a message box and press one of its buttons; what the box says."""
        end = time.monotonic() + 60
        while True:
            name = self.run(DIALOG)[0]
            if name == "QMessageBox":
                return self.run(PRESS, NAME=button)
            assert time.monotonic() < end, f"{name} stays open"
            time.sleep(0.2)

    def quit(self) -> int:
        """Close the windows; the exit code. The profile stays."""
        leave = (
            "def job():\n    close_all()\n"
            "    QtCore.QTimer.singleShot(0, lambda: [w.qwindow().close() for w in K.windows()])"
        )
        self.run(leave, timeout=20)
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """End it at once, if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
