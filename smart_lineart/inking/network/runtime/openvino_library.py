# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenVINO's C library: finding it, checking its version, and calling it through ctypes.

The C interface, unlike the Python package, depends on no CPython ABI, so one copy serves every Python that
Krita embeds; and it is loaded without importing ``openvino``, whose import can contact an analytics host.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import sys
import threading
from ctypes import POINTER, c_char_p, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path
from typing import Any

from smart_lineart.inking.errors import RuntimeMissing
from smart_lineart.said import Said

FOLDER_VARIABLE = "SMART_LINEART_OPENVINO"
# The calls that take properties as an array appeared in 2026.4, and the numbers of the element types have
# moved between releases before, so only the release line that was checked is accepted.
SUPPORTED = (2026, 4)
U8 = 16  # ov_element_type_e in 2026.4; OpenVINONetwork compares it with what a model's uint8 input reports

KEPT_PRIMITIVES = 256  # kernels of sizes seen that oneDNN keeps; its own 1024 pile up in a batch
# Translators: goes on after "; " in another sentence, as what to do.
_HOW_TO_INSTALL = Said("install it with: {command}", command='pip install "openvino>=2026.4,<2026.5"')
_MESSAGELESS = range(-17, -13)  # faults found by the C wrapper itself, which leave an older message behind


class Shape(ctypes.Structure):
    """ov_shape_t."""

    _fields_ = (("rank", c_int64), ("dims", POINTER(c_int64)))


class Property(ctypes.Structure):
    """ov_property_t with a text value."""

    _fields_ = (("key", c_char_p), ("value", c_char_p))


class _Version(ctypes.Structure):
    _fields_ = (("build", c_char_p), ("description", c_char_p))


class _Devices(ctypes.Structure):
    _fields_ = (("names", POINTER(c_char_p)), ("size", c_size_t))


_HANDLE = POINTER(c_void_p)
# Calls that return ov_status_e.
_CALLS: dict[str, tuple[Any, ...]] = {
    "ov_get_openvino_version": (POINTER(_Version),),
    "ov_core_create": (_HANDLE,),
    "ov_core_get_available_devices": (c_void_p, POINTER(_Devices)),
    "ov_core_get_property": (c_void_p, c_char_p, c_char_p, POINTER(c_void_p)),
    "ov_core_read_model_from_memory_buffer": (c_void_p, c_char_p, c_size_t, c_void_p, _HANDLE),
    "ov_core_compile_model_props": (c_void_p, c_void_p, c_char_p, c_size_t, POINTER(Property), _HANDLE),
    "ov_model_inputs_size": (c_void_p, POINTER(c_size_t)),
    "ov_model_outputs_size": (c_void_p, POINTER(c_size_t)),
    "ov_model_const_input": (c_void_p, _HANDLE),
    "ov_model_const_output": (c_void_p, _HANDLE),
    "ov_port_get_element_type": (c_void_p, POINTER(c_int)),
    "ov_compiled_model_create_infer_request": (c_void_p, _HANDLE),
    "ov_tensor_create_from_host_ptr": (c_int, Shape, c_void_p, _HANDLE),
    "ov_tensor_get_shape": (c_void_p, POINTER(Shape)),
    "ov_tensor_data": (c_void_p, POINTER(c_void_p)),
    "ov_infer_request_set_input_tensor": (c_void_p, c_void_p),
    "ov_infer_request_get_output_tensor": (c_void_p, _HANDLE),
    "ov_infer_request_infer": (c_void_p,),
    "ov_shape_free": (POINTER(Shape),),
}
# Calls that return nothing.
_FREEING: dict[str, tuple[Any, ...]] = {
    "ov_free": (c_void_p,),
    "ov_version_free": (POINTER(_Version),),
    "ov_available_devices_free": (POINTER(_Devices),),
    "ov_model_free": (c_void_p,),
    "ov_compiled_model_free": (c_void_p,),
    "ov_infer_request_free": (c_void_p,),
    "ov_tensor_free": (c_void_p,),
    "ov_output_const_port_free": (c_void_p,),
    "ov_util_set_log_callback": (c_void_p,),
}


class OpenVINOFault(Exception):
    """A call returned a status other than OK; ``str()`` is OpenVINO's message."""

    def __init__(self, call: str, status: int, message: str) -> None:
        super().__init__(message or f"{call} returned {status}")
        self.status = status


class Library:
    """The loaded C library and the one OpenVINO core of this process.

    The core, which holds the device plugins, stays until the process ends: unloading them while another
    thread still runs inside one would crash. Calls are safe from any thread and release the GIL.
    """

    def __init__(self, file: Path) -> None:
        self.folder = file.parent
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(KEPT_PRIMITIVES))
        _load_unlocked(file)
        self._calls = ctypes.CDLL(str(file))
        self._declare("ov_get_openvino_version", _CALLS["ov_get_openvino_version"])
        self._declare_freeing("ov_version_free")
        self.version = self._read_version()
        if version_pair(self.version) != SUPPORTED:
            wanted = ".".join(map(str, SUPPORTED))
            raise RuntimeMissing(
                "OpenVINO {version} in {folder} is not the version Smart Lineart works with, {wanted}; "
                "{remedy}.",
                version=self.version or Said("of unknown version"),
                folder=self.folder,
                wanted=wanted,
                remedy=_HOW_TO_INSTALL,
            )
        for name, arguments in _CALLS.items():
            self._declare(name, arguments)
        for name in _FREEING:
            self._declare_freeing(name)
        self._calls.ov_get_last_err_msg.restype = c_void_p
        self._calls.ov_util_set_log_callback(None)  # the default writes to standard output
        self.core = self.handle("ov_core_create")

    def call(self, name: str, *arguments: object) -> None:
        """Call a function that returns a status. Raises OpenVINOFault when it is not OK."""
        status = getattr(self._calls, name)(*arguments)
        if status != 0:
            raise OpenVINOFault(name, status, "" if status in _MESSAGELESS else self._last_message())

    def handle(self, name: str, *arguments: object) -> c_void_p:
        """Call a function whose last argument receives a handle, and return the handle."""
        handle = c_void_p()
        self.call(name, *arguments, ctypes.byref(handle))
        return handle

    def free(self, name: str, handle: object) -> None:
        """Call a function that frees and returns nothing."""
        getattr(self._calls, name)(handle)

    def devices(self) -> list[str]:
        """Return OpenVINO's names of the devices whose driver works, such as "CPU", "GPU.0"."""
        found = _Devices()
        self.call("ov_core_get_available_devices", self.core, ctypes.byref(found))
        try:
            return [found.names[index].decode() for index in range(found.size)]
        finally:
            self.free("ov_available_devices_free", ctypes.byref(found))

    def device_title(self, device: str) -> str:
        """Return the product name of a device."""
        text = self.handle("ov_core_get_property", self.core, device.encode(), b"FULL_DEVICE_NAME")
        return self._taken_text(text).strip()

    def _declare(self, name: str, arguments: tuple[Any, ...]) -> None:
        function = getattr(self._calls, name)
        function.argtypes = arguments
        function.restype = c_int

    def _declare_freeing(self, name: str) -> None:
        function = getattr(self._calls, name)
        function.argtypes = _FREEING[name]
        function.restype = None

    def _read_version(self) -> str:
        version = _Version()
        if self._calls.ov_get_openvino_version(ctypes.byref(version)) != 0:
            return ""
        try:
            return (version.build or b"").decode(errors="replace").split("-")[0]
        finally:
            self._calls.ov_version_free(ctypes.byref(version))

    def _last_message(self) -> str:
        # One message is kept per process, so with two failing threads it may be the other one's.
        text = c_void_p(self._calls.ov_get_last_err_msg())
        return self._taken_text(text) if text.value else ""

    def _taken_text(self, text: c_void_p) -> str:
        try:
            return (ctypes.cast(text, c_char_p).value or b"").decode(errors="replace")
        finally:
            self.free("ov_free", text)


_lock = threading.Lock()
_loaded: dict[Path, Library] = {}


def load_library() -> Library:
    """Return the C library, loaded once per process. Raises RuntimeMissing with what to do about it."""
    file = find_library()
    with _lock:
        if file not in _loaded:
            _loaded[file] = _load(file)
        return _loaded[file]


def find_library() -> Path:
    """Return the C library's file: SMART_LINEART_OPENVINO, else the bundled copy, else the openvino wheel's.

    Raises RuntimeMissing.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        file = _library_in(Path(chosen).expanduser())
        if file is None:
            raise RuntimeMissing(
                "{variable} names {folder}, which holds no OpenVINO C library.",
                variable=FOLDER_VARIABLE,
                folder=chosen,
            )
        return file
    for folder in (bundled_folder(), _wheel_folder()):
        file = _library_in(folder) if folder is not None else None
        if file is not None:
            return file
    raise RuntimeMissing("OpenVINO is not installed; {remedy}.", remedy=_HOW_TO_INSTALL)


def bundled_folder() -> Path:
    """Where a packaged plugin carries OpenVINO's libraries."""
    return Path(__file__).resolve().parents[3] / "runtime_libs" / "openvino"


def version_pair(version: str) -> tuple[int, int] | None:
    """Return (year, release) of a version such as "2026.4.1", or None when it is no such text."""
    match = re.match(r"(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match else None


def _load(file: Path) -> Library:
    try:
        return Library(file)
    except (OSError, AttributeError) as error:  # AttributeError: a library without the calls asked for
        raise RuntimeMissing(
            "OpenVINO in {folder} cannot be loaded ({reason}); {remedy}.",
            folder=file.parent,
            reason=error,
            remedy=_HOW_TO_INSTALL,
        ) from error
    except OpenVINOFault as error:
        raise RuntimeMissing(
            "OpenVINO in {folder} cannot start ({reason}); {remedy}.",
            folder=file.parent,
            reason=error,
            remedy=_HOW_TO_INSTALL,
        ) from error


def _load_unlocked(file: Path) -> None:
    """Load the library once with the interpreter lock released; ``ctypes.CDLL`` holds it while it loads.

    From a cold disk that takes a second, in which Krita's user interface, which runs Python too, would stand
    still. Called as a foreign function the loader itself runs unlocked, and ``CDLL`` then finds it loaded.
    Failing is left to ``CDLL``, which says why.
    """
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.LoadLibraryExW.argtypes = (ctypes.c_wchar_p, c_void_p, ctypes.c_uint32)
        kernel.LoadLibraryExW.restype = c_void_p
        kernel.LoadLibraryExW(str(file), None, 0x1100)  # as CDLL: the library's own folder, and the defaults
        return
    loader = ctypes.CDLL(None)
    loader.dlopen.argtypes = (c_char_p, c_int)
    loader.dlopen.restype = c_void_p
    loader.dlopen(os.fsencode(file), ctypes.DEFAULT_MODE | os.RTLD_NOW)


def _wheel_folder() -> Path | None:
    try:
        spec = importlib.util.find_spec("openvino")  # a top-level name is looked up without importing it
    except ValueError:  # something else put a module without a spec under this name
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "libs"


def _library_in(folder: Path) -> Path | None:
    if sys.platform == "win32":
        pattern = "openvino_c.dll"
    elif sys.platform == "darwin":
        pattern = "libopenvino_c*.dylib"
    else:
        pattern = "libopenvino_c.so*"
    return min((file.resolve() for file in folder.glob(pattern)), default=None)
