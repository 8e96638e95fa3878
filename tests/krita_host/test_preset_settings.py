# SPDX-License-Identifier: GPL-3.0-or-later
"""A brush preset's settings give a stamp that looks like it, or nothing."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking.brushes.stamping import strip_of
from smart_lineart.krita_host import preset_settings
from smart_lineart.krita_host.preset_settings import LARGEST, stamp_of

TIP = (
    '<Brush type="auto_brush" spacing="0.1" useAutoSpacing="0" density="1" randomness="0" angle="0"> '
    '<MaskGenerator ratio="1" vfade="{fade}" hfade="{fade}" spikes="2" type="circle" id="{kind}" '
    'diameter="40"/> </Brush> '
)
SENSOR = '<!DOCTYPE params> <params id="pressure"> <curve>{curve}</curve> </params> '


def preset(engine: str = "paintbrush", tip: str | None = None, **values: str) -> str:
    """A preset's XML as Krita 5.1 writes it; a hard round brush whose size follows the pressure."""
    settings = {
        "brush_definition": TIP.format(fade=1, kind="default") if tip is None else tip,
        "CompositeOp": "normal",
        "PressureSize": "true",
        "SizeUseCurve": "true",
        "SizeUseSameCurve": "true",
        "SizeSensor": SENSOR.format(curve="0,0;1,1;"),
        "OpacityUseCurve": "false",
        "OpacityValue": "1",
        "OpacitySensor": SENSOR.format(curve="0,0;1,1;"),
        "PressureScatter": "false",
        "Texture/Pattern/Enabled": "false",
    }
    settings.update({key.replace("__", "/"): value for key, value in values.items()})
    items = "".join(f'<param type="string" name="{k}"><![CDATA[{v}]]></param>' for k, v in settings.items())
    return f'<Preset paintopid="{engine}" name="x"> {items}</Preset>'


def test_a_hard_round_brush() -> None:
    stamp = stamp_of(preset())
    assert stamp is not None
    assert (stamp.hardness, stamp.least_size, stamp.grain) == (1.0, 0.0, 0.0)
    assert stamp.size_power == pytest.approx(1.0, abs=0.1)
    medium = strip_of(stamp).medium
    assert medium.solid
    assert medium.width[-1] == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("curve", ["0,0.48;1,1;", "0,0.0703518;0.317328,0.234952;0.650602,0.838428;1,1;"])
def test_the_size_follows_the_presets_curve(curve: str) -> None:
    stamp = stamp_of(preset(SizeSensor=SENSOR.format(curve=curve)))
    assert stamp is not None
    points = np.array([[float(v) for v in pair.split(",")] for pair in curve.strip(";").split(";")])
    pressure = np.linspace(0, 1, 50)
    wanted = np.interp(pressure, *points.T)
    assert np.abs(stamp.size(pressure) - wanted).max() < 0.16


def test_a_preset_that_tells_no_opacity_is_opaque_and_a_faint_one_can_be_seen() -> None:
    for value, opacity in (("", 1.0), ("odd", 1.0), ("0.5", 0.5), ("0", 0.1)):
        stamp = stamp_of(preset(OpacityValue=value))
        assert stamp is not None
        assert stamp.opacity == opacity


def test_settings_are_read_up_to_a_length(monkeypatch: pytest.MonkeyPatch) -> None:
    text = preset()
    monkeypatch.setattr(preset_settings, "LARGEST", len(text))
    assert stamp_of(text) is not None
    monkeypatch.setattr(preset_settings, "LARGEST", len(text) - 1)
    assert stamp_of(text) is None


def test_without_its_sensor_the_size_stays() -> None:
    for values in ({"PressureSize": "false"}, {"SizeUseCurve": "false"}):
        stamp = stamp_of(preset(**values))
        assert stamp is not None
        assert stamp.least_size == 1.0


def test_a_sensor_without_a_curve_is_a_straight_one() -> None:
    stamp = stamp_of(preset(SizeSensor='<!DOCTYPE params> <params id="pressure"/> '))
    assert stamp is not None
    assert (stamp.least_size, round(stamp.size_power)) == (0.0, 1)


def test_soft_translucent_textured_and_scattered_brushes() -> None:
    soft = stamp_of(preset(tip=TIP.format(fade=0.2, kind="gauss")))
    clear = stamp_of(preset(OpacityUseCurve="true", OpacityValue="0.6"))
    rough = stamp_of(preset(Texture__Pattern__Enabled="true", PressureScatter="true", ScatterValue="0.3"))
    assert soft is not None
    assert clear is not None
    assert rough is not None
    assert soft.hardness == pytest.approx(0.12)
    assert (clear.opacity, clear.least_opacity) == (0.6, 0.0)
    assert rough.grain > 0
    assert rough.scatter > 0
    assert strip_of(rough).medium.grain.across > 0


def scatter(amount: str, **values: str) -> float:
    stamp = stamp_of(preset(PressureScatter="true", ScatterValue=amount, **values))
    assert stamp is not None
    return stamp.scatter


def test_marks_scatter_by_half_of_what_the_preset_says_and_not_too_far() -> None:
    assert scatter("0.3") == pytest.approx(0.15)
    assert scatter("0.1") == pytest.approx(0.05)
    assert scatter("5") == pytest.approx(0.3)
    assert scatter("-1") == 0.0
    straight = {"ScatterUseCurve": "true", "ScatterSensor": SENSOR.format(curve="0,0;1,1;")}
    assert scatter("0.3", **straight) == pytest.approx(0.075), "half of it over all pressures"


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "nonsense",
        "<Preset",
        preset("colorsmudge"),
        preset(CompositeOp="erase"),
        preset(tip='<Brush type="png_brush" filename="chalk.png"/>'),
        preset(tip="<Brush"),
        preset(tip=""),
        '<!DOCTYPE x [<!ENTITY a "b">]>' + preset(),
        preset(tip='<!DOCTYPE x [<!ENTITY a "b">]>' + TIP.format(fade=1, kind="default")),
        preset() + " " * LARGEST,
        "<Preset/>",
    ],
    ids=range(12),
)
def test_what_cannot_be_told_from_settings_is_left_to_a_picture(settings: str) -> None:
    assert stamp_of(settings) is None


@pytest.mark.parametrize("value", ["nan", "inf", "many", "-7", "1e99"])
def test_senseless_numbers_do_no_harm(value: str) -> None:
    tip = TIP.format(fade=value, kind="default").replace('spacing="0.1"', f'spacing="{value}"')
    stamp = stamp_of(preset(tip=tip, OpacityValue=value, SizeSensor=SENSOR.format(curve=f"0,{value};1,1;")))
    assert stamp is not None
    assert 0 <= stamp.hardness <= 1
    assert 0 < stamp.spacing <= 0.25
    assert np.isfinite([stamp.opacity, stamp.least_size, stamp.size_power]).all()


@pytest.mark.parametrize(
    ("engine", "reads"),
    [
        ("colorsmudge", True),
        ("duplicate", True),
        ("filter", True),
        ("deformbrush", True),
        ("paintbrush", False),
        ("mypaintbrush", False),
    ],
)
def test_engines_that_work_on_what_lies_beneath_are_known(engine: str, reads: bool) -> None:
    assert preset_settings.reads_canvas(f'<Preset paintopid="{engine}" name="x"/>') is reads


@pytest.mark.parametrize("text", ["", "nonsense", "<Preset"])
def test_settings_that_cannot_be_read_are_no_reason_to_refuse(text: str) -> None:
    assert preset_settings.reads_canvas(text) is False
