# SPDX-License-Identifier: GPL-3.0-or-later
"""Both runtimes give the same pixels, and every way in which they fail ends in a sentence or a fallback."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from smart_lineart.inking.errors import BadOption, ModelError, OutOfMemory, RuntimeMissing
from smart_lineart.inking.network.models import load_model
from smart_lineart.inking.network.runtime import (
    list_devices,
    load_network,
    onnxruntime,
    openvino_library,
    selection,
)
from smart_lineart.inking.network.runtime.cores import physical_cores
from smart_lineart.inking.network.runtime.network import DeviceFailed, short_reason, tells_out_of_memory
from smart_lineart.said import Said
from tests.inking.tiny_models import quantised_network, tiny_network, write_onnx
from tests.inking.watching import REPOSITORY, run_watched

RUNTIMES = ["openvino", "onnxruntime"]
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="measured with Linux's own means")
# Two runtimes add in different orders, so a value on the edge between two bytes may fall to either side.
TOLERANCE = 1


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_onnx(tmp_path_factory.mktemp("tiny") / "tiny.onnx", width=32)


def noise(height: int, width: int, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (1, 1, height, width), np.uint8)


def ink_once(onnx_file: Path, tile: np.ndarray, runtime: str, **options: Any) -> np.ndarray:
    network, _, _ = load_network(onnx_file, runtime=runtime, **options)
    try:
        return network.run(tile)
    finally:
        network.close()


def differences(onnx_file: Path, tile: np.ndarray) -> np.ndarray:
    first, second = (ink_once(onnx_file, tile, runtime).astype(int) for runtime in RUNTIMES)
    assert first.std() > 5, "a flat picture would prove nothing"
    return np.abs(first - second)


class TestPixels:
    @pytest.mark.parametrize("size", [(16, 16), (160, 208), (48, 1024), (1024, 16)])
    def test_both_runtimes_agree(self, tiny: Path, size: tuple[int, int]) -> None:
        assert differences(tiny, noise(*size)).max() <= TOLERANCE

    def test_both_runtimes_agree_on_a_quantised_network(self, tmp_path: Path) -> None:
        assert differences(quantised_network(tmp_path), noise(160, 208)).max() <= TOLERANCE

    @pytest.mark.parametrize("runtime", RUNTIMES)
    def test_output_has_the_contract_s_shape(self, tiny: Path, runtime: str) -> None:
        output = ink_once(tiny, noise(32, 80), runtime)
        assert output.shape == (1, 2, 32, 80)
        assert output.dtype == np.uint8

    @pytest.mark.parametrize("runtime", RUNTIMES)
    def test_sizes_may_change_from_run_to_run(self, tiny: Path, runtime: str) -> None:
        tiles = [noise(64, 96), noise(16, 16), noise(128, 32), noise(64, 96)]
        network, _, _ = load_network(tiny, runtime=runtime)
        outputs = [network.run(tile) for tile in tiles]
        network.close()
        for tile, output in zip(tiles, outputs, strict=True):
            np.testing.assert_array_equal(output, ink_once(tiny, tile, runtime))

    @pytest.mark.parametrize("runtime", RUNTIMES)
    def test_an_output_survives_the_next_run_and_close(self, tiny: Path, runtime: str) -> None:
        network, _, _ = load_network(tiny, runtime=runtime)
        output = network.run(noise(64, 64))
        before = output.copy()
        network.run(255 - noise(64, 64))
        network.close()
        np.testing.assert_array_equal(output, before)
        assert output.flags.owndata
        assert output.flags.writeable

    @pytest.mark.parametrize("runtime", RUNTIMES)
    def test_a_tile_cut_from_a_page_needs_no_copy_by_the_caller(self, tiny: Path, runtime: str) -> None:
        page = noise(96, 128)
        cut = page[:, :, 16:64, 32:96]
        np.testing.assert_array_equal(
            ink_once(tiny, cut, runtime), ink_once(tiny, np.ascontiguousarray(cut), runtime)
        )

    @pytest.mark.parametrize("runtime", RUNTIMES)
    def test_the_number_of_threads_changes_no_pixel(self, tiny: Path, runtime: str) -> None:
        tile = noise(160, 208)
        np.testing.assert_array_equal(
            ink_once(tiny, tile, runtime, threads=1), ink_once(tiny, tile, runtime, threads=4)
        )

    def test_openvino_is_asked_for_f32_one_stream_and_low_latency(self, tiny: Path) -> None:
        network, _, _ = load_network(tiny, runtime="openvino", threads=1)
        loaded = network._loaded
        library = loaded._library
        get = library._calls.ov_compiled_model_get_property
        get.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p))

        def value(key: bytes) -> str:
            return library._taken_text(
                library.handle("ov_compiled_model_get_property", loaded._compiled, key)
            )

        assert value(b"INFERENCE_PRECISION_HINT") == "f32"
        assert value(b"NUM_STREAMS") == "1"
        assert value(b"PERFORMANCE_HINT") == "LATENCY"
        assert value(b"INFERENCE_NUM_THREADS") == "1"
        network.close()


class TestTiles:
    @pytest.mark.parametrize(
        "tile",
        [
            np.zeros((1, 1, 16, 16), np.float32),
            np.zeros((16, 16), np.uint8),
            np.zeros((1, 2, 16, 16), np.uint8),
            np.zeros((2, 1, 16, 16), np.uint8),
            np.zeros((1, 1, 16, 24), np.uint8),
            np.zeros((1, 1, 0, 16), np.uint8),
        ],
        ids=lambda tile: f"{tile.dtype}{tile.shape}",
    )
    def test_any_other_tile_is_a_programming_error(self, tiny: Path, tile: np.ndarray) -> None:
        network, _, _ = load_network(tiny)
        with pytest.raises(ValueError, match="tile"):
            network.run(tile)
        network.close()


def two_outputs() -> onnx.ModelProto:
    model = tiny_network()
    model.graph.output.append(helper.make_tensor_value_info("probability", TensorProto.FLOAT, None))
    return model


def float_output() -> onnx.ModelProto:
    model = tiny_network()
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("rounded", TensorProto.FLOAT, None))
    return model


def half_size() -> onnx.ModelProto:
    nodes = [
        helper.make_node("Cast", ["sketch"], ["values"], to=TensorProto.FLOAT),
        helper.make_node("MaxPool", ["values"], ["smaller"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Cast", ["smaller"], ["geometry"], to=TensorProto.UINT8),
    ]
    sketch = helper.make_tensor_value_info("sketch", TensorProto.UINT8, [1, 1, "H", "W"])
    geometry = helper.make_tensor_value_info("geometry", TensorProto.UINT8, [1, 1, "h", "w"])
    graph = helper.make_graph(nodes, "half", [sketch], [geometry])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def unknown_operator() -> onnx.ModelProto:
    model = tiny_network()
    model.graph.node[2].op_type = "Convolute"
    return model


@pytest.mark.parametrize("runtime", ["auto", *RUNTIMES])
class TestDamagedModel:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"no network at all",
            bytes(4096),
            tiny_network().SerializeToString()[:900],
            tiny_network().SerializeToString()[:-7],
            unknown_operator().SerializeToString(),
        ],
        ids=["empty", "text", "zeros", "half", "cut", "operator"],
    )
    def test_damage_is_one_sentence(self, tmp_path: Path, runtime: str, content: bytes) -> None:
        damaged = tmp_path / "model.onnx"
        damaged.write_bytes(content)
        notices: list[Said] = []
        with pytest.raises(ModelError, match=r"model\.onnx is damaged.*reinstall") as caught:
            load_network(damaged, runtime=runtime, notify=notices.append)
        assert "\n" not in str(caught.value)
        assert notices == [], "another runtime cannot mend a file"

    @pytest.mark.parametrize("model", [two_outputs, float_output], ids=lambda build: build.__name__)
    def test_a_network_for_something_else_is_refused(self, tmp_path: Path, runtime: str, model: Any) -> None:
        other = tmp_path / "model.onnx"
        other.write_bytes(model().SerializeToString())
        with pytest.raises(ModelError, match="does not take a sketch"):
            load_network(other, runtime=runtime)

    def test_a_map_of_another_size_is_refused(self, tmp_path: Path, runtime: str) -> None:
        other = tmp_path / "model.onnx"
        other.write_bytes(half_size().SerializeToString())
        with pytest.raises(ModelError, match="wrong size"):
            ink_once(other, noise(32, 32), runtime)

    def test_a_missing_file_is_named(self, tmp_path: Path, runtime: str) -> None:
        with pytest.raises(ModelError, match=r"gone\.onnx cannot be read"):
            load_network(tmp_path / "gone.onnx", runtime=runtime)


class TestOptions:
    @pytest.mark.parametrize(
        ("option", "value", "sentence"),
        [
            (
                "runtime",
                "tensorrt",
                "no runtime called 'tensorrt'; choose one of auto, openvino, onnxruntime",
            ),
            ("device", "GPU", "no device called 'GPU'; choose one of auto, cpu, gpu, npu"),
            ("threads", 0, "must be 1 or more, not 0"),
        ],
    )
    def test_a_wrong_value_is_told(self, tiny: Path, option: str, value: object, sentence: str) -> None:
        with pytest.raises(BadOption, match=sentence):
            load_network(tiny, **{option: value})


@pytest.fixture
def without_openvino(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(openvino_library, "bundled_folder", lambda: tmp_path / "nothing")
    monkeypatch.setattr(openvino_library, "_wheel_folder", lambda: None)
    monkeypatch.delenv(openvino_library.FOLDER_VARIABLE, raising=False)


@pytest.fixture
def without_onnxruntime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)


class TestMissingRuntime:
    def test_auto_is_openvino_without_a_word(self, tiny: Path) -> None:
        notices: list[Said] = []
        network, runtime, device = load_network(tiny, notify=notices.append)
        network.close()
        assert (runtime, device, notices) == ("openvino", "cpu", [])

    @pytest.mark.usefixtures("without_openvino")
    def test_auto_goes_on_with_onnx_runtime_and_says_so(self, tiny: Path) -> None:
        notices: list[Said] = []
        network, runtime, device = load_network(tiny, notify=notices.append)
        assert network.run(noise(16, 16)).shape == (1, 2, 16, 16)
        network.close()
        assert (runtime, device) == ("onnxruntime", "cpu")
        (notice,) = notices
        assert str(notice).startswith("ONNX Runtime on the CPU is used instead of OpenVINO on the CPU")
        assert "pip install" in str(notice)

    @pytest.mark.usefixtures("without_openvino")
    def test_openvino_asked_for_by_name_is_not_replaced(self, tiny: Path) -> None:
        with pytest.raises(RuntimeMissing, match="OpenVINO is not installed; install it with: pip install"):
            load_network(tiny, runtime="openvino")

    @pytest.mark.usefixtures("without_onnxruntime")
    def test_onnx_runtime_asked_for_by_name_is_not_replaced(self, tiny: Path) -> None:
        with pytest.raises(
            RuntimeMissing, match="ONNX Runtime is not installed; install it with: pip install"
        ):
            load_network(tiny, runtime="onnxruntime")

    @pytest.mark.usefixtures("without_onnxruntime")
    @pytest.mark.parametrize(
        ("platform", "python"), [("linux", "python3"), ("darwin", "python3"), ("win32", "py")]
    )
    def test_inside_krita_it_is_said_how_another_python_fetches_it(
        self, platform: str, python: str, tiny: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(onnxruntime._PACKAGES_VARIABLE, "/packages")
        monkeypatch.setattr(onnxruntime, "sys", SimpleNamespace(platform=platform, version_info=(3, 10)))
        advice = f'install it with: {python} -m pip install .*--python-version 3.10 --target "/packages"'
        with pytest.raises(RuntimeMissing, match=advice):
            load_network(tiny, runtime="onnxruntime")

    @pytest.mark.usefixtures("without_openvino", "without_onnxruntime")
    def test_with_no_runtime_both_are_named(self, tiny: Path) -> None:
        with pytest.raises(RuntimeMissing, match=r"OpenVINO is not installed.*ONNX Runtime is not installed"):
            load_network(tiny)

    @pytest.mark.usefixtures("without_openvino", "without_onnxruntime")
    def test_devices_of_missing_runtimes_are_listed_with_the_reason(self) -> None:
        devices = list_devices()
        assert len(devices) == 6
        assert not any(device.available for device in devices)
        assert all("is not installed" in str(device.reason) for device in devices)

    def test_an_onnx_runtime_built_for_another_python_is_missing_too(
        self, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        package = tmp_path / "onnxruntime"
        package.mkdir()
        (package / "__init__.py").write_text("raise ImportError('wrong magic\\nnumber')", encoding="utf-8")
        for name in [name for name in sys.modules if name.split(".")[0] == "onnxruntime"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.syspath_prepend(str(tmp_path))
        with pytest.raises(RuntimeMissing, match=r"cannot be loaded \(wrong magic number\)"):
            load_network(tiny, runtime="onnxruntime")


class TestFindingOpenVINO:
    @pytest.fixture(autouse=True)
    def fresh(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(openvino_library, "_loaded", {})
        monkeypatch.delenv(openvino_library.FOLDER_VARIABLE, raising=False)

    def library_in(self, folder: Path, content: bytes = b"") -> Path:
        names = {"win32": "openvino_c.dll", "darwin": "libopenvino_c.dylib"}
        file = folder / names.get(sys.platform, "libopenvino_c.so.2641")
        folder.mkdir(parents=True)
        file.write_bytes(content)
        return file.resolve()

    def test_the_chosen_folder_comes_before_the_bundled_one_and_the_wheel(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wheel = openvino_library.find_library()
        assert wheel.parent.name == "libs"
        bundled = self.library_in(tmp_path / "bundled")
        monkeypatch.setattr(openvino_library, "bundled_folder", lambda: tmp_path / "bundled")
        assert openvino_library.find_library() == bundled
        chosen = self.library_in(tmp_path / "chosen")
        monkeypatch.setenv(openvino_library.FOLDER_VARIABLE, str(tmp_path / "chosen"))
        assert openvino_library.find_library() == chosen

    def test_a_chosen_folder_without_a_library_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(openvino_library.FOLDER_VARIABLE, str(tmp_path))
        with pytest.raises(RuntimeMissing, match=r"SMART_LINEART_OPENVINO names .* holds no OpenVINO"):
            openvino_library.load_library()

    def test_a_file_that_is_no_library_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.library_in(tmp_path / "chosen", b"not a library")
        monkeypatch.setenv(openvino_library.FOLDER_VARIABLE, str(tmp_path / "chosen"))
        with pytest.raises(RuntimeMissing, match="cannot be loaded"):
            openvino_library.load_library()

    def test_another_library_under_this_name_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wheel = openvino_library.find_library().parent
        other = next(iter(sorted(wheel.glob("*tbbmalloc.*"))))
        self.library_in(tmp_path / "chosen", other.read_bytes())
        monkeypatch.setenv(openvino_library.FOLDER_VARIABLE, str(tmp_path / "chosen"))
        with pytest.raises(RuntimeMissing, match="cannot be loaded"):
            openvino_library.load_library()

    @pytest.mark.parametrize("wanted", [(2026, 3), (2026, 5), (2027, 4)])
    def test_another_version_is_refused_with_both_versions(
        self, monkeypatch: pytest.MonkeyPatch, wanted: tuple[int, int]
    ) -> None:
        monkeypatch.setattr(openvino_library, "SUPPORTED", wanted)
        expected = rf"OpenVINO 2026\.4\.\d+ in .* works with, {wanted[0]}\.{wanted[1]}; install it with"
        with pytest.raises(RuntimeMissing, match=expected):
            openvino_library.load_library()

    @pytest.mark.parametrize(
        ("version", "pair"),
        [
            ("2026.4.1", (2026, 4)),
            ("2026.4.0-1234-abc", (2026, 4)),
            ("2025.10", (2025, 10)),
            ("custom", None),
        ],
    )
    def test_versions_are_compared_as_numbers(self, version: str, pair: tuple[int, int] | None) -> None:
        assert openvino_library.version_pair(version) == pair

    @pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
    def test_a_folder_with_blanks_and_accents_works(self, tiny: Path, tmp_path: Path) -> None:
        folder = tmp_path / "Zoë's Bücher ✎"
        folder.symlink_to(openvino_library.find_library().parent, target_is_directory=True)
        model = folder.parent / "Größe ✎.onnx"
        model.write_bytes(tiny.read_bytes())
        code = (
            "import sys, numpy as np; from pathlib import Path;"
            "from smart_lineart.inking.network.runtime import load_network;"
            "network = load_network(Path(sys.argv[1]), runtime='openvino')[0];"
            "print(network.run(np.zeros((1, 1, 16, 16), np.uint8)).shape)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(model)],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), openvino_library.FOLDER_VARIABLE: str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.stderr) == ("(1, 2, 16, 16)\n", "")


class FakeNetwork:
    """A runtime whose devices fail as told: ``faults`` maps (device, "load" or "run") to what is raised."""

    faults: dict[tuple[str, str], Exception]
    events: list[str]

    def __init__(self, onnx_file: Path, *, device: str, threads: int | None) -> None:
        self.device = device
        self.events.append(f"load {device}")
        self._fail("load")

    def run(self, tile: np.ndarray) -> np.ndarray:
        self.events.append(f"run {self.device}")
        self._fail("run")
        return np.repeat(tile, 2, axis=1)

    def release_memory(self) -> None:
        self.events.append(f"release {self.device}")

    def close(self) -> None:
        self.events.append(f"close {self.device}")

    def _fail(self, step: str) -> None:
        if (self.device, step) in self.faults:
            raise self.faults[self.device, step]


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> dict[str, type[FakeNetwork]]:
    """Both runtimes replaced by sound fakes."""
    networks = {name: type(name, (FakeNetwork,), {"faults": {}, "events": []}) for name in RUNTIMES}
    monkeypatch.setattr(selection, "_NETWORKS", networks)
    return networks


class TestFallback:
    @pytest.mark.parametrize("device", ["gpu", "npu"])
    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (DeviceFailed("Exception from core.cpp:1:\nno driver\n"), "no driver"),
            (OutOfMemory(), "the {} ran out of memory"),
        ],
        ids=["fault", "memory"],
    )
    def test_a_device_that_cannot_load_gives_way_to_the_cpu(
        self, fakes: dict[str, type[FakeNetwork]], device: str, fault: Exception, reason: str
    ) -> None:
        fakes["openvino"].faults = {(device, "load"): fault}
        notices: list[Said] = []
        network, runtime, used = load_network(
            Path("m"), runtime="openvino", device=device, notify=notices.append
        )
        title = device.upper()
        assert (runtime, used) == ("openvino", "cpu")
        assert list(map(str, notices)) == [
            f"OpenVINO on the CPU is used instead of OpenVINO on the {title}: {reason.format(title)}."
        ]
        assert network.run(noise(16, 16)).shape == (1, 2, 16, 16)

    @pytest.mark.parametrize("fault", [DeviceFailed("device lost"), OutOfMemory()], ids=["fault", "memory"])
    def test_a_device_that_fails_in_a_run_gives_way_to_the_cpu(
        self, fakes: dict[str, type[FakeNetwork]], fault: Exception
    ) -> None:
        notices: list[Said] = []
        network, _, used = load_network(Path("m"), runtime="openvino", device="gpu", notify=notices.append)
        network.run(noise(16, 16))
        assert (used, network.device_name, notices) == ("gpu", "gpu", [])
        fakes["openvino"].faults = {("gpu", "run"): fault}
        tile = noise(32, 32)
        np.testing.assert_array_equal(network.run(tile), np.repeat(tile, 2, axis=1))
        assert network.device_name == "cpu"
        network.run(tile)
        assert len(notices) == 1, "said once, not for every tile"
        assert fakes["openvino"].events == [
            *["load gpu", "run gpu", "run gpu", "close gpu"],
            *["load cpu", "run cpu", "run cpu"],
        ]

    def test_auto_looks_for_the_device_in_both_runtimes_first(
        self, fakes: dict[str, type[FakeNetwork]]
    ) -> None:
        fakes["openvino"].faults = {("gpu", "load"): DeviceFailed("no driver")}
        network, runtime, device = load_network(Path("m"), device="gpu")
        assert (runtime, device) == ("onnxruntime", "gpu")
        fakes["onnxruntime"].faults = {("gpu", "run"): DeviceFailed("device lost")}
        network.run(noise(16, 16))
        assert (network.runtime_name, network.device_name) == ("openvino", "cpu")

    def test_auto_device_is_the_cpu(self, fakes: dict[str, type[FakeNetwork]]) -> None:
        load_network(Path("m"))
        assert fakes["openvino"].events == ["load cpu"]

    def test_a_cpu_that_fails_is_an_error(self, fakes: dict[str, type[FakeNetwork]]) -> None:
        fakes["openvino"].faults = {("cpu", "run"): DeviceFailed("illegal\ninstruction")}
        network, _, _ = load_network(Path("m"), runtime="openvino")
        with pytest.raises(ModelError, match=r"OpenVINO on the CPU cannot run the model m \(illegal instr"):
            network.run(noise(16, 16))

    def test_memory_is_given_back_when_the_cpu_has_none_left(
        self, fakes: dict[str, type[FakeNetwork]]
    ) -> None:
        fakes["openvino"].faults = {("cpu", "run"): OutOfMemory()}
        network, _, _ = load_network(Path("m"), runtime="openvino")
        with pytest.raises(OutOfMemory, match="memory limit"):
            network.run(noise(16, 16))
        assert fakes["openvino"].events[-1] == "release cpu"
        fakes["openvino"].faults = {}
        assert network.run(noise(16, 16)).shape == (1, 2, 16, 16)

    def test_nobody_has_to_listen(self, fakes: dict[str, type[FakeNetwork]]) -> None:
        fakes["openvino"].faults = {("npu", "load"): DeviceFailed("no driver")}
        assert load_network(Path("m"), runtime="openvino", device="npu")[2] == "cpu"

    def test_a_real_runtime_without_an_npu_falls_back(self, tiny: Path) -> None:
        notices: list[Said] = []
        network, _, device = load_network(tiny, runtime="onnxruntime", device="npu", notify=notices.append)
        assert network.run(noise(16, 16)).shape == (1, 2, 16, 16)
        network.close()
        assert device == "cpu"
        (notice,) = notices
        assert str(notice).startswith("ONNX Runtime on the CPU is used instead of ONNX Runtime on the NPU: ")
        assert str(notice).endswith("has no NPU support.")


class TestONNXRuntimeProviders:
    def fake(self, monkeypatch: pytest.MonkeyPatch, built_in: list[str], loads: bool) -> list[Any]:
        """Replace ONNX Runtime's session by one that takes GPU providers, or drops them without a word."""
        module = onnxruntime._load_module()
        asked: list[Any] = []

        class Session(module.InferenceSession):
            def __init__(self, data: bytes, options: Any, *, providers: list[Any], **more: Any) -> None:
                asked.append(providers)
                assert more == {"enable_fallback": 0}, "its own fallback prints, and hides the failure"
                super().__init__(data, options, providers=["CPUExecutionProvider"], **more)
                names = [name for name, _ in providers]
                self.named = names if loads else names[-1:]

            def get_providers(self) -> list[str]:
                return self.named

        monkeypatch.setattr(module, "InferenceSession", Session)
        monkeypatch.setattr(module, "get_available_providers", lambda: [*built_in, "CPUExecutionProvider"])
        return asked

    @pytest.mark.parametrize(
        "provider", ["CUDAExecutionProvider", "DmlExecutionProvider", "CoreMLExecutionProvider"]
    )
    def test_a_gpu_provider_is_the_gpu(
        self, tiny: Path, monkeypatch: pytest.MonkeyPatch, provider: str
    ) -> None:
        asked = self.fake(monkeypatch, [provider], loads=True)
        network, _, device = load_network(tiny, runtime="onnxruntime", device="gpu")
        network.close()
        assert device == "gpu"
        assert [name for name, _ in asked[0]] == [provider, "CPUExecutionProvider"]
        kinds = [entry.kind for entry in list_devices() if entry.runtime == "onnxruntime" and entry.available]
        assert kinds == ["cpu", "gpu"]

    def test_a_provider_that_drops_out_silently_is_noticed(
        self, tiny: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fake(monkeypatch, ["CUDAExecutionProvider"], loads=False)
        notices: list[Said] = []
        network, _, device = load_network(tiny, runtime="onnxruntime", device="gpu", notify=notices.append)
        network.close()
        assert device == "cpu"
        assert "CUDAExecutionProvider could not load" in str(notices[0])


class TestDevices:
    def test_every_runtime_lists_every_kind_and_its_cpu_works(self) -> None:
        devices = list_devices()
        for runtime in RUNTIMES:
            own = [device for device in devices if device.runtime == runtime]
            assert {device.kind for device in own} == {"cpu", "gpu", "npu"}
            assert [device.available for device in own if device.kind == "cpu"] == [True]

    def test_what_is_not_available_says_why_and_what_is_does_not(self) -> None:
        for device in list_devices():
            assert device.available == (device.reason is None)
            assert device.title
            assert device.available or str(device.reason).endswith(".")


@pytest.mark.parametrize("runtime", RUNTIMES)
class TestLifetime:
    def test_closing_twice_is_allowed_and_running_afterwards_is_not(self, tiny: Path, runtime: str) -> None:
        network, _, _ = load_network(tiny, runtime=runtime)
        network.close()
        network.close()
        network.release_memory()
        with pytest.raises(ValueError, match="closed"):
            network.run(noise(16, 16))

    def test_released_memory_is_taken_again(self, tiny: Path, runtime: str) -> None:
        network, _, _ = load_network(tiny, runtime=runtime)
        before = network.run(noise(64, 64))
        network.release_memory()
        network.release_memory()
        np.testing.assert_array_equal(network.run(noise(64, 64)), before)
        network.close()

    def test_a_tile_the_runtime_may_still_look_at_stays_alive(self, tiny: Path, runtime: str) -> None:
        network, _, _ = load_network(tiny, runtime=runtime)
        tile = noise(64, 64)
        alive = weakref.ref(tile)
        network.run(tile)
        del tile
        assert (alive() is not None) == (runtime == "openvino")
        network.run(noise(16, 16))
        assert alive() is None
        network.close()

    def test_any_thread_may_run_it_also_at_once(self, tiny: Path, runtime: str) -> None:
        tiles = [noise(64, 64 + 16 * index, seed=index) for index in range(8)]
        expected = [ink_once(tiny, tile, runtime) for tile in tiles]
        network, _, _ = load_network(tiny, runtime=runtime)
        outputs: dict[int, list[np.ndarray]] = {}

        def work(index: int) -> None:
            outputs[index] = [network.run(tiles[index]) for _ in range(5)]

        workers = [threading.Thread(target=work, args=(index,)) for index in range(len(tiles))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        network.close()
        assert len(outputs) == len(tiles)
        for index, repeated in outputs.items():
            for output in repeated:
                np.testing.assert_array_equal(output, expected[index])

    def test_a_network_is_loaded_and_closed_in_different_threads(self, tiny: Path, runtime: str) -> None:
        loaded: list[Any] = []
        loader = threading.Thread(target=lambda: loaded.append(load_network(tiny, runtime=runtime)[0]))
        loader.start()
        loader.join()
        assert loaded[0].run(noise(16, 16)).shape == (1, 2, 16, 16)
        closer = threading.Thread(target=loaded[0].close)
        closer.start()
        closer.join()

    def test_other_threads_go_on_while_a_network_runs(self, tmp_path: Path, runtime: str) -> None:
        network, _, _ = load_network(write_onnx(tmp_path / "wide.onnx", width=64), runtime=runtime)
        tile = noise(1024, 1024)
        worker = threading.Thread(target=network.run, args=(tile,))
        moments = [time.perf_counter()]
        worker.start()
        while worker.is_alive():
            moments.append(time.perf_counter())
        worker.join()
        network.close()
        # With the interpreter held, this thread would stand still for all of the run.
        assert np.diff(moments).max() < (moments[-1] - moments[0]) / 2


# Prints resident megabytes: working, after release_memory, after close, after ten more networks.
MEMORY = """
import resource, numpy as np
from pathlib import Path
from smart_lineart.inking.network.runtime import load_network

def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 2**20

onnx, runtime = Path({onnx!r}), {runtime!r}
tile = np.zeros((1, 1, 1024, 1024), np.uint8)
network = load_network(onnx, runtime=runtime)[0]
network.run(tile)
working = resident()
network.release_memory()
released = resident()
network.run(tile)
network.close()
closed = resident()
for _ in range(10):
    network = load_network(onnx, runtime=runtime)[0]
    network.run(tile)
    network.close()
print(working, released, closed, resident())
"""

# Prints what a run says that finds no room, then whether the network works again once there is some.
SCARCE = """
import resource, numpy as np
from pathlib import Path
from smart_lineart.inking.errors import OutOfMemory
from smart_lineart.inking.network.runtime import load_network

network = load_network(Path({onnx!r}), runtime={runtime!r})[0]
small, large = np.zeros((1, 1, 64, 64), np.uint8), np.zeros((1, 1, 4096, 4096), np.uint8)
before = network.run(small)
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
limits = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (used + 600 * 2**20, limits[1]))
try:
    network.run(large)
except OutOfMemory as error:
    print(error)
resource.setrlimit(resource.RLIMIT_AS, limits)
print(np.array_equal(network.run(small), before))
network.close()
"""


@ON_LINUX
@pytest.mark.parametrize("runtime", RUNTIMES)
class TestMemory:
    def test_memory_is_given_back(self, tmp_path: Path, runtime: str) -> None:
        model = write_onnx(tmp_path / "wide.onnx", width=64)
        watched = run_watched(MEMORY.format(onnx=str(model), runtime=runtime), tmp_path / "watched")
        assert watched.errors == ""
        working, released, closed, cycled = map(int, watched.output.split())
        # Two maps of 64 channels at half resolution in f32 are 128 MB.
        assert working - released > 100
        assert closed - released < 20
        assert cycled - closed < 30

    def test_a_tile_too_large_is_told_and_forgiven(self, tmp_path: Path, runtime: str) -> None:
        model = write_onnx(tmp_path / "wide.onnx", width=64)
        watched = run_watched(SCARCE.format(onnx=str(model), runtime=runtime), tmp_path / "watched")
        assert watched.errors == ""
        assert watched.output.splitlines() == [str(OutOfMemory()), "True"]


class TestCores:
    def machine(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, siblings: dict[int, str]) -> Path:
        for cpu, listed in siblings.items():
            topology = tmp_path / f"cpu{cpu}" / "topology"
            topology.mkdir(parents=True)
            (topology / "thread_siblings_list").write_text(f"{listed}\n", encoding="ascii")
        monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(siblings), raising=False)
        return tmp_path

    def test_two_threads_of_a_core_count_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        cpus = self.machine(tmp_path, monkeypatch, {0: "0,2", 1: "1,3", 2: "0,2", 3: "1,3"})
        assert physical_cores(cpus) == 2

    def test_only_the_cores_this_process_may_use_count(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cpus = self.machine(tmp_path, monkeypatch, {4: "4", 5: "5", 6: "6"})
        monkeypatch.setattr(os, "sched_getaffinity", lambda process: {5}, raising=False)
        assert physical_cores(cpus) == 1

    def test_a_system_that_does_not_say_is_not_guessed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
        assert physical_cores(tmp_path) is None
        monkeypatch.delattr(os, "sched_getaffinity")
        assert physical_cores(tmp_path) is None

    def test_more_threads_than_cores_are_not_started(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(onnxruntime, "physical_cores", lambda: 4)
        counts = [onnxruntime._thread_count(threads) for threads in (None, 1, 4, 64)]
        assert counts == [4, 1, 4, 4]

    def test_onnx_runtime_is_set_up_to_share_the_machine(self) -> None:
        options = onnxruntime._session_options(onnxruntime._load_module(), 1)
        assert options.intra_op_num_threads == 1
        assert options.enable_cpu_mem_arena
        assert not options.enable_mem_pattern
        for kind in ("intra", "inter"):
            assert options.get_session_config_entry(f"session.{kind}_op.allow_spinning") == "0"


class TestReasons:
    def test_places_in_source_code_are_left_out(self) -> None:
        message = (
            "Exception from src/inference/src/cpp/core.cpp:117:\n"
            "Check 'found' failed at src/plugins/gpu.cpp:20:\nCannot load the plugin.\n\n"
        )
        assert short_reason(message) == "Cannot load the plugin"
        assert short_reason("[ONNXRuntimeError] : 7 : INVALID_PROTOBUF : Failed.") == "Failed"

    def test_a_reason_is_never_empty_nor_endless(self) -> None:
        assert str(short_reason(" \n")) == "no reason given"
        assert len(short_reason("very long " * 100)) == 200

    @pytest.mark.parametrize(
        ("message", "memory"),
        [
            ("std::bad_alloc", True),
            ("[GPU] CL_OUT_OF_RESOURCES", True),
            ("CUDA failure 2: out of memory", True),
            ("pthread_create failed, error code: 11", True),
            ("Failed to allocate memory for requested buffer of size 9", True),
            ("[CPU] Convolution node with name '/net/out/Conv' can't alloc", True),
            ("Unsupported operator", False),
        ],
    )
    def test_a_lack_of_memory_is_told_from_other_faults(self, message: str, memory: bool) -> None:
        assert tells_out_of_memory(message) is memory


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured with Linux's own means")
@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_what_is_kept_of_sizes_seen_has_an_end(runtime: str) -> None:
    """A batch has pages of every size; what a runtime keeps for the next page of one must not pile up."""

    def megabytes() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / (1 << 20)

    sizes = [(16 * (20 + number % 12), 16 * (20 + number // 12)) for number in range(96)]
    network, _, _ = load_network(load_model(None).onnx, runtime=runtime)
    for size in sizes[:36]:
        network.run(np.full((1, 1, *size), 99, np.uint8))
    before = megabytes()
    for size in sizes[36:]:
        network.run(np.full((1, 1, *size), 99, np.uint8))
    grown = megabytes() - before
    network.close()
    # Kernels for matrix units (AMX) are larger: 35 MB.
    most = 40 if "amx_int8" in Path("/proc/cpuinfo").read_text() else 30
    assert grown < most, f"{grown:.0f} MB"
