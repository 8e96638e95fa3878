# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a real Krita under Xvfb with the plugin and the test driver, and talks to it through files.

One profile is warmed per Krita (its resource database takes 10 s to build) and copied for every run. A Krita
of another version in a chroot is named by SMART_LINEART_KRITA_ROOT; its /tmp/share must be this machine's.
"""

from __future__ import annotations

import fcntl
import importlib.util
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
SHARE = Path("/tmp/share")
START_SECONDS = float(os.environ.get("SMART_LINEART_START_SECONDS", "120"))  # more where much else runs


gone: list[str] = []  # what is known of each Krita that died or hung since a test began
test: list[str] = []  # the name of the test that is under way, last


class KritaError(AssertionError):
    """A snippet failed inside Krita, or Krita went away."""


def chroot() -> Path | None:
    root = os.environ.get("SMART_LINEART_KRITA_ROOT")
    return Path(root) if root else None


def missing() -> str:
    """Why no end-to-end run is possible here, or an empty string."""
    tools = ["Xvfb", "xdotool"] + ([] if chroot() else ["krita"])
    absent = [tool for tool in tools if not shutil.which(tool)]
    return f"not installed: {', '.join(absent)} (scripts/install_krita.sh installs them)" if absent else ""


def folder_krita_sees() -> Path:
    """A new folder, for scratch files, that Krita knows by the same path, in a chroot too."""
    base = SHARE if chroot() else Path(tempfile.gettempdir())
    base.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="smart-lineart-krita-", dir=base))


class Screen:
    """An X server of our own, and a mouse on it."""

    def __init__(self, width: int = 1600, height: int = 1200):
        read, write = os.pipe()
        self._server = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(write),
                "-screen",
                "0",
                f"{width}x{height}x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ],
            pass_fds=[write],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = ":" + pipe.readline().strip()

    def xdotool(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], check=True, env={**os.environ, "DISPLAY": self.display})

    def click(self, x: int, y: int) -> None:
        self.xdotool(*self._go(x, y), "click", 1)

    @staticmethod
    def _go(x: int, y: int) -> tuple[object, ...]:
        """Words that move the mouse. Not `--sync`: where the mouse is there already, that waits for 15 s."""
        return "mousemove", x, y, "sleep", 0.03

    def drag(self, x: int, y: int, to_x: int, to_y: int, steps: int = 12, pause: float = 0.04) -> None:
        self.xdotool(*self._go(x, y), "mousedown", 1)
        for step in range(1, steps + 1):
            self.xdotool("mousemove", x + (to_x - x) * step // steps, y + (to_y - y) * step // steps)
            time.sleep(pause)
        self.xdotool("mouseup", 1)

    def stroke(self, places: list[tuple[int, int]], steps: int = 8, pause: float = 0.01) -> None:
        """Press at the first place, go through the others, and let go at the last."""
        self.xdotool(*self._go(*places[0]), "mousedown", 1)
        for (x, y), (to_x, to_y) in itertools.pairwise(places):
            for step in range(1, steps + 1):
                self.xdotool("mousemove", x + (to_x - x) * step // steps, y + (to_y - y) * step // steps)
                time.sleep(pause)
        time.sleep(0.05)
        self.xdotool("mouseup", 1)

    def key(self, *keys: str) -> None:
        self.xdotool("key", *keys)

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(10)


class KritaProcess:
    """A running Krita: `run` a snippet inside it, `close` it."""

    used_by = ""  # the test that talked to it last
    _told = False  # whoever uses it knows how it ended, or is about to ask

    def __init__(
        self,
        screen: Screen,
        *,
        environment: dict[str, str] | None = None,
        settings: str = "",
        shortcuts: str = "",
        plugin: bool = True,
        plugin_changes: Callable[[Path], None] | None = None,
        steady: bool = False,
        opengl: bool = False,
        home: str = "",
    ):
        """Start a Krita with the plugin; `settings` and `shortcuts` are lines of its kritarc and shortcuts.

        `home`: what the folder is called that holds its profile.

        `opengl`: whether the canvas is drawn with it, as Krita does by itself. On a machine without a
        graphics card that costs most of the time, and what is tested here is drawn by Qt either way.

        `steady` is for measuring waits: ahead of other programs where this machine lets us.
        """
        self.screen = screen
        self.steady = steady
        self.opengl = opengl
        self._folder = folder_krita_sees()
        self.home = self._folder / home
        self.home.mkdir(exist_ok=True)
        self.driver = self._folder / "driver"
        self._number = 0
        self.last_words = ""
        self._start(environment or {}, settings, shortcuts, plugin, plugin_changes)

    def _start(
        self,
        environment: dict[str, str],
        settings: str,
        shortcuts: str,
        plugin: bool,
        plugin_changes: Callable[[Path], None] | None,
    ) -> None:
        warm = warm_profile(self.screen)
        if warm:
            shutil.copytree(warm, self.home, dirs_exist_ok=True, symlinks=True)
        write_profile(self.home, settings, plugin)
        if shortcuts:
            (self.home / "config/kritashortcutsrc").write_text(f"[Shortcuts]\n{shortcuts}\n")
        if plugin_changes:
            plugin_changes(self.home / "data/krita/pykrita/smart_lineart")
        if not self.opengl:
            (self.home / "config/kritadisplayrc").write_text("[General]\nOpenGLRenderer=none\n")
        self.driver.mkdir(exist_ok=True)
        self.log = self.home / "krita.log"
        self._process = launch(
            self.home,
            self.screen,
            self.log,
            {"SMART_LINEART_DRIVER": str(self.driver), **runtime_environment(), **environment},
            first=self.steady,
        )
        self.run(
            "def job():\n    yield from until(lambda: K.activeWindow() is not None)\n    yield 300",
            timeout=START_SECONDS,
        )

    def run(self, source: str, timeout: float = 60, **values: object):
        """Run a snippet that defines `job()`; keyword values are put in front of it as constants."""
        if not self.lives():
            raise KritaError(self._end())
        self.used_by = test[-1] if test else self.used_by
        return self._run(source, timeout, **values)

    def _run(self, source: str, timeout: float, **values: object):
        self._number += 1
        lines = [f"{name} = {value!r}" for name, value in values.items()]
        name = f"{self._number:04d}"
        partial = self.driver / f"{name}.part"
        partial.write_text("\n".join([*lines, source]), encoding="utf-8")
        partial.replace(self.driver / f"{name}.py")
        return self._answer(self.driver / f"{name}.json", timeout)

    @property
    def pid(self) -> int:
        """The process that was started: Krita, or what runs it."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether Krita is there and answers."""
        return self._process.poll() is None

    def lives(self) -> bool:
        """Whether Krita is there; KritaError where it ended unseen, after a test's last answer."""
        if self.running:
            return True
        if not self._told:
            raise self._gone(self._end())
        return False

    def _end(self) -> str:
        after = f" after {self.used_by}" if self.used_by else ""
        return f"Krita ended with {self._process.returncode}{after}:\n{self._tail()}"

    # -- a real mouse

    def click(self, name: str) -> None:
        """Click the middle of one of the docker's widgets."""
        spot = self.run("def job():\n    return place(NAME)", NAME=name)
        assert spot["visible"], f"{name} can't be seen"
        self.screen.click(spot["x"], spot["y"])

    def drag(self, name: str, start: float, end: float, **options: float) -> None:
        """Drag along one of the docker's sliders, from one share of its width to another."""
        spot = self.run("def job():\n    return place(widget(NAME).lineEdit())", NAME=name)
        left = spot["x"] - spot["width"] // 2
        self.screen.drag(
            int(left + start * spot["width"]),
            spot["y"],
            int(left + end * spot["width"]),
            spot["y"],
            **options,
        )

    def paint(
        self,
        layer: str,
        *points: tuple[float, float],
        size: float = 12.0,
        erase: bool = False,
        colour=(0, 0, 0),
    ) -> None:
        """Paint a stroke on a layer with the brush or the eraser, through points in px of the image."""
        places = self.run(
            """
def job():
    yield from take_brush(LAYER, SIZE, ERASE, COLOUR)
    return [on_screen(K.activeDocument(), x, y) for x, y in POINTS]
""",
            LAYER=layer,
            SIZE=size,
            ERASE=erase,
            COLOUR=colour,
            POINTS=points,
        )
        self.screen.stroke([tuple(place) for place in places])
        self.run("def job():\n    yield 250\n    K.activeDocument().waitForDone()\n    yield 100")

    def ink(self) -> None:
        """Click "Ink sketch", see that it was taken, and wait for the end of the run."""
        self.run("def job():\n    K.last_job = (session().queue.jobs or [None])[-1]")
        self.click("ink")
        self.run("""
def job():
    yield from until(lambda: (session().queue.jobs or [None])[-1] is not K.last_job, 20)
""")
        self.wait_idle()

    def choose(self, name: str, index: int) -> None:
        """Open one of the docker's lists and click an entry."""
        self.click(name)
        spot = self.run(
            """
def job():
    view = widget(NAME).view()
    yield from until(view.isVisible, 10)
    yield 200
    entry = view.visualRect(view.model().index(INDEX, 0))  # may be broader than the list that shows it
    spot = view.viewport().mapToGlobal(QtCore.QPoint(entry.left() + 30, entry.center().y()))
    return [spot.x(), spot.y()]
""",
            NAME=name,
            INDEX=index,
        )
        self.screen.click(*spot)
        self.run(
            "def job():\n    yield from until(lambda: not widget(NAME).view().isVisible(), 10)", NAME=name
        )
        self.wait_idle()

    def wait_idle(self, seconds: float = 90) -> None:
        """Wait until no run is queued or under way and no slider is followed."""
        self.run(
            "def job():\n    yield 250\n    yield from idle(SECONDS)", timeout=seconds + 10, SECONDS=seconds
        )

    def facts(self) -> dict:
        """What the active document shows now."""
        return self.run("def job():\n    return facts(K.activeDocument())")

    def picture(self, path: Path, docker_only: bool = False) -> None:
        """Save a screenshot of the window or the docker."""
        inside = self.home / "picture.png"
        self.run(
            "def job():\n    yield 200\n    return grab(PATH, docker() if DOCKER else None)",
            PATH=str(inside),
            DOCKER=docker_only,
        )
        shutil.copy(inside, path)

    def _answer(self, answer: Path, timeout: float):
        end = time.monotonic() + timeout
        while not answer.exists():
            if self._process.poll() is not None:
                raise self._gone(self._end())
            if time.monotonic() > end:
                raise self._gone(f"no answer within {timeout} s:\n{self._tail()}")
            time.sleep(0.02)
        outcome = json.loads(answer.read_text(encoding="utf-8"))
        answer.unlink()  # Krita looks through this folder fifty times a second
        if "error" in outcome:
            raise KritaError(outcome["error"])
        return outcome["value"]

    def _gone(self, how: str) -> KritaError:
        self._told = self._told or not self.running
        gone.append(how)
        return KritaError(how)

    def _tail(self) -> str:
        if not self.log.exists():  # closed before
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def wait(self, timeout: float = 30) -> int:
        """Wait for Krita to end by itself; its exit code."""
        self._told = True
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            gone.append(f"Krita did not end within {timeout} s")
            raise
        if code:
            gone.append(f"Krita ended with {code}")
        return code

    def close(self) -> int:
        """Close the windows as an artist would; the exit code, which is the caller's to look at."""
        self._told = True
        if self._process.poll() is None:
            with_windows = (
                "def job():\n    close_all()\n    QtCore.QTimer.singleShot(0, lambda: "
                "[w.qwindow().close() for w in K.windows()])"
            )
            try:
                self._run(with_windows, timeout=20)
                self._process.wait(20)
            except (KritaError, subprocess.TimeoutExpired):
                with suppress(ProcessLookupError):  # it died while it was closed
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        code = self._process.returncode
        if code:
            gone.append(f"Krita ended with {code}")
        self.last_words = self._tail()
        shutil.rmtree(self._folder, ignore_errors=True)
        return code

    def end(self) -> None:
        """Close it after its last test; KritaError where it has ended or ends badly, and nobody knows yet."""
        told = self._told
        early = not told and not self.running
        how = self._end() if early else ""
        code = self.close()
        if early or (code and not told):
            after = f" after {self.used_by}" if self.used_by else ""
            raise KritaError(how or f"Krita ended with {code}, when it was closed{after}:\n{self.last_words}")


def may_go_first() -> bool:
    """Whether this machine lets us run a program ahead of all others."""
    if not shutil.which("chrt"):
        return False
    return subprocess.run(["chrt", "--rr", "1", "true"], capture_output=True, check=False).returncode == 0


def launch(
    home: Path, screen: Screen, log: Path, environment: dict[str, str], *, first: bool = False
) -> subprocess.Popen:
    """Start Krita on a profile, in its own process group, with nothing of this process's Python around it.

    `first`: ahead of every other program, where that is allowed.
    """
    values = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "xcb",
        "HOME": str(home),
        "XDG_CONFIG_HOME": f"{home}/config",
        "XDG_DATA_HOME": f"{home}/data",
        "XDG_CACHE_HOME": f"{home}/cache",
        "XDG_RUNTIME_DIR": f"{home}/run",
        "DISPLAY": screen.display,
        **environment,
    }
    command = ["env", "-i", *(f"{key}={value}" for key, value in values.items()), "krita", "--nosplash"]
    if chroot():
        command = ["chroot", str(chroot()), *command]
    if first and may_go_first():
        command = ["chrt", "--rr", "1", *command]
    with log.open("w", encoding="utf-8") as output:
        return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)


def runtime_environment() -> dict[str, str]:
    """Where Krita finds OpenVINO: what is set here, else the wheel of this interpreter."""
    if chroot():
        return {"SMART_LINEART_OPENVINO": str(SHARE / "openvino")} if (SHARE / "openvino").exists() else {}
    if "SMART_LINEART_OPENVINO" in os.environ:
        return {"SMART_LINEART_OPENVINO": os.environ["SMART_LINEART_OPENVINO"]}
    wheel = importlib.util.find_spec("openvino")
    return (
        {"SMART_LINEART_OPENVINO": str(Path(wheel.origin).parent / "libs")} if wheel and wheel.origin else {}
    )


def write_profile(home: Path, settings: str, plugin: bool) -> None:
    """Put the plugin and the driver into a profile and switch them on."""
    pykrita = home / "data/krita/pykrita"
    for folder in (pykrita, home / "config", home / "cache", home / "run"):
        folder.mkdir(parents=True, exist_ok=True)
    (home / "run").chmod(0o700)
    copy = shutil.ignore_patterns("__pycache__")
    for name in ("smart_lineart_driver.desktop", "smart_lineart_driver"):
        source = HERE / "driver" / name
        (
            shutil.copytree(source, pykrita / name, ignore=copy, dirs_exist_ok=True)
            if source.is_dir()
            else shutil.copy(source, pykrita)
        )
    if plugin:
        shutil.copy(REPOSITORY / "smart_lineart.desktop", pykrita)
        shutil.copytree(
            REPOSITORY / "smart_lineart", pykrita / "smart_lineart", ignore=copy, dirs_exist_ok=True
        )
        for page in (REPOSITORY / "docs/manual").glob("manual*.html"):
            shutil.copy(page, pykrita / "smart_lineart")
        shutil.copytree(REPOSITORY / "models", pykrita / "smart_lineart/models", dirs_exist_ok=True)
        actions = home / "data/krita/actions"
        actions.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "smart_lineart.action", actions)
    (home / "config/kritarc").write_text(
        f"[python]\nenable_smart_lineart_driver=true\nenable_smart_lineart={'true' if plugin else 'false'}\n"
        f"{settings}",
        encoding="utf-8",
    )


def warm_profile(screen: Screen) -> Path:
    """A profile whose resource database is built, kept between runs outside the repository."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "smart-lineart-tests"
    if chroot():
        cache = SHARE / "profiles"
    warm = cache / f"krita-{chroot().name if chroot() else 'host'}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:  # the suite's parts begin at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (warm / "done").exists():
            build_profile(screen, warm)
    return warm / "home"


def build_profile(screen: Screen, warm: Path) -> None:
    """Start a Krita on a new profile and close it, so that its resource database is there."""
    shutil.rmtree(warm, ignore_errors=True)
    home = warm / "home"
    write_profile(home, "", plugin=False)
    driver = warm / "driver"
    driver.mkdir()
    (driver / "1.py").write_text("def job():\n    yield 1500\n    [w.qwindow().close() for w in K.windows()]")
    process = launch(home, screen, warm / "log", {"SMART_LINEART_DRIVER": str(driver)})
    try:
        process.wait(START_SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    (warm / "done").touch()
