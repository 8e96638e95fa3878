# SPDX-License-Identifier: GPL-3.0-or-later
"""Small sound files of every kind that is read, for fuzzing to start from."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from dataclasses import asdict, replace

import numpy as np
import tifffile
from PIL import Image

from smart_lineart import framing
from smart_lineart.inking import STYLES, Calibration, InkRecord, Rect
from smart_lineart.inking.network.models import load_model
from smart_lineart.said import Said
from smart_lineart.studio.engine import EngineOptions
from smart_lineart.studio.settings import DocumentState, InkSettings, LineartRecord

GREY = np.random.default_rng(9).integers(0, 256, (12, 17), np.uint8)
COLOUR = np.dstack([GREY, GREY[::-1], GREY[:, ::-1]])
ALPHA = np.dstack([COLOUR, GREY])
DEEP = GREY.astype(np.uint16) * 257
LIGHT = np.dstack([np.full((12, 17, 3), 255, np.uint8), GREY * (GREY > 180)])
RGBA = {"photometric": "rgb", "extrasamples": ["unassalpha"]}
SEEN = Calibration(None, 0.5, False, 0.9, 0.6, 0.05, 50000.0, 3.5)


def saved(pixels: np.ndarray, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def tiff(pixels: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, **options)
    return file.getvalue()


def raster() -> list[bytes]:
    exif = Image.Exif()
    exif[274] = 6
    palette = Image.fromarray(COLOUR).quantize(7)
    packed = io.BytesIO()
    palette.save(packed, "PNG", transparency=0)
    return [
        *(saved(pixels, "PNG", dpi=(300, 300)) for pixels in (GREY, COLOUR, ALPHA, DEEP, GREY > 99)),
        packed.getvalue(),
        saved(GREY, "JPEG", exif=exif),
        saved(COLOUR, "JPEG", progressive=True),
        saved(COLOUR, "WEBP", lossless=True),
        saved(ALPHA, "WEBP"),
        tiff(GREY),
        tiff(ALPHA, tile=(16, 16)),
        tiff(DEEP, byteorder=">", compression="zlib"),
        tiff(np.stack([GREY, GREY]).astype(np.float32) / 255, bigtiff=True),
        saved(GREY > 99, "TIFF", compression="group4"),
        # What is read twice, or by its own words: light strokes, other ranges, extra samples, a lost end.
        saved(LIGHT, "PNG"),
        saved(GREY, "JPEG")[:-2],
        tiff(GREY.astype(np.float32)),
        tiff(np.dstack([LIGHT / np.float32(2)]).astype(np.float32) - 1, **RGBA),
        tiff(DEEP >> 6, bigtiff=True),
        tiff(GREY.astype(np.int16) - 99),
        tiff(np.dstack([COLOUR, GREY, GREY]), photometric="rgb", extrasamples=["unspecified", "assocalpha"]),
    ]


def photoshop(
    pixels: np.ndarray, mode: int, *, packed: bool = False, clear: bool = False, large: bool = False
) -> bytes:
    height, width, channels = pixels.shape
    resolution = struct.pack(">IHHIHH", 300 << 16, 1, 1, 300 << 16, 1, 1)
    resources = b"8BIM" + struct.pack(">HHI", 1005, 0, len(resolution)) + resolution
    depth = 8 * pixels.itemsize
    header = b"8BPS" + struct.pack(">H6xHIIHH", 2 if large else 1, channels, height, width, depth, mode)
    wide = ">Q" if large else ">I"
    layers = struct.pack(wide, 2) + struct.pack(">h", -1) if clear else b""
    if clear and depth > 8:
        layers = (
            struct.pack(wide, 0) + bytes(4) + b"8BIMLr16" + struct.pack(wide, 2) + struct.pack(">hH", -1, 0)
        )
    rows = np.moveaxis(pixels, 2, 0).astype(pixels.dtype.newbyteorder(">")).reshape(-1, width)
    coded = [bytes([row.nbytes - 1]) + row.tobytes() for row in rows]
    lengths = b"".join(struct.pack(">I" if large else ">H", len(row)) for row in coded)
    merged = struct.pack(">H", packed) + (lengths + b"".join(coded) if packed else rows.tobytes())
    parts = [bytes(4), struct.pack(">I", len(resources)), resources, struct.pack(wide, len(layers)), layers]
    return header + b"".join(parts) + merged


def psd() -> list[bytes]:
    return [
        photoshop(GREY[..., None], 1),
        photoshop(COLOUR, 3, packed=True),
        photoshop(ALPHA, 3, clear=True),
        photoshop(DEEP[..., None], 1, packed=True),
        photoshop(ALPHA, 4),
        photoshop(COLOUR, 9, packed=True),
        photoshop(COLOUR, 3, packed=True, large=True, clear=True),
        photoshop(np.dstack([DEEP] * 4), 3, clear=True),
        photoshop(GREY[..., None] * 0, 1, packed=True, clear=True),
    ]


def krita_archive(entries: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def kra() -> list[bytes]:
    merged = saved(ALPHA, "PNG")
    return [
        krita_archive({"mimetype": b"application/x-krita", "mergedimage.png": merged}, zipfile.ZIP_STORED),
        krita_archive({"../../outside": b"x", "/tmp/outside": b"x", "mergedimage.png": merged}),
        krita_archive({"mergedimage.png": merged, "maindoc.xml": b"<DOC/>"}, zipfile.ZIP_LZMA),
        krita_archive({"mergedimage.png": merged}, zipfile.ZIP_BZIP2),
        krita_archive({"mergedimage.png": b'<svg xmlns="http://www.w3.org/2000/svg"/>'}),
        krita_archive({"mergedimage.png": b"GIF89a" + bytes(40)}),
        krita_archive({"maindoc.xml": b"<DOC/>"}),
        krita_archive({"mimetype": b"image/openraster", "stack.xml": b"<image/>", "mergedimage.png": merged}),
        krita_archive({"word/document.xml": b"<w/>"}),
    ]


def strip() -> list[bytes]:
    return [style.strip.to_bytes() for style in STYLES.values()]


def notes() -> list[bytes]:
    record = LineartRecord("{1234}", ("{5678}", "{9abc}"), InkSettings(thickness=7, style="brush"))
    states = [DocumentState(), DocumentState(InkSettings(unit="mm", faint=0.25), (record, LineartRecord("")))]
    options = EngineOptions("openvino", "gpu", 2048)
    seen = {"area": [-128, 0, 400, 300], "detail": 0.5, "auto_scale": 0.75, "calibration": asdict(SEEN)}
    odd = {"area": [-(10**30), 0, 10**30, 1], "detail": float("nan"), "auto_scale": 1e308, "calibration": {}}
    return [
        *(state.to_json().encode() for state in states),
        *(json.dumps(values).encode() for values in (vars(options), {"sketch": seen}, seen, {"sketch": odd})),
        b"[[[[[[",
    ]


def record() -> list[bytes]:
    ink = np.zeros((300, 270), np.uint8)
    ink[40:60, 20:260] = 255
    ink[::3, 200] = 99
    made = InkRecord.of(ink, Rect(-5, 7, 270, 300), thickness=4.0, notes={"engine": "1"})
    small = InkRecord.of(GREY, Rect(0, 0, 17, 12), thickness=0.5)
    noted = replace(made, notes={"page": [540, 600], "colours": [{"space": ["RGBA", "U8", ""], "pixel": []}]})
    elsewhere = [
        replace(made, area=Rect(-30_000, 90_000, 270, 300)),
        replace(made, area=Rect(0, 0, 2900, 5000)),
        replace(made, area=Rect(-8_000_000, 0, 16_000_000, 2)),
        replace(noted, thickness=400.0),
    ]
    return [
        *(one.to_bytes() for one in (made, small, noted, *elsewhere)),
        InkRecord(Rect(0, 0, 0, 0), 1.0).to_bytes(),
    ]


def preset() -> list[bytes]:
    """A brush preset as Krita 5.1 writes it: a round brush whose size follows the pressure."""
    curve = '<!DOCTYPE params>\n<params id="pressure"><curve>0,0;1,1;</curve> </params>\n'
    sensors = (
        '<params id="sensorslist"><ChildSensor id="pressure"><curve>0,0;1,1;</curve></ChildSensor></params>'
    )
    made = []
    for sensor in (curve, sensors):
        values = {
            "brush_definition": '<Brush type="auto_brush" spacing="0.1" density="1" useAutoSpacing="0">'
            '<MaskGenerator type="circle" id="default" hfade="0.9" vfade="1" diameter="40"/></Brush>',
            "CompositeOp": "normal",
            "PressureSize": "true",
            "SizeUseCurve": "true",
            "SizeSensor": sensor,
            "OpacityValue": "0.8",
            "PressureScatter": "true",
            "ScatterValue": "0.4",
            "Texture/Pattern/Enabled": "true",
        }
        params = "".join(
            f'<param type="string" name="{name}"><![CDATA[{value}]]></param>'
            for name, value in values.items()
        )
        made.append(f'<Preset paintopid="paintbrush" name="x"> {params}</Preset>'.encode())
    return made


def model() -> list[bytes]:
    return [json.dumps(load_model(None).metadata).encode()]


def message() -> list[bytes]:
    said = Said("The {what} is damaged; {remedy}.", what="model", remedy=Said("do {this}", this=1)).to_data()
    cpu = {"runtime": "openvino", "kind": "cpu", "title": "CPU", "available": True}
    answers = [
        ({"fits": "3.11.2"}, b""),
        ({"runtime": "openvino", "device": "cpu"}, b""),
        ({"shape": [1, 2, 16, 32], "runtime": "openvino", "device": "cpu"}, bytes(2 * 16 * 32)),
        ({"error": "ModelError", "said": said}, b""),
        ({"notice": said}, b""),
        (
            {
                "devices": [
                    {**cpu, "available": True, "reason": None},
                    {**cpu, "available": False, "reason": said},
                ]
            },
            b"",
        ),
    ]
    written = []
    for fields, payload in answers:
        file = io.BytesIO()
        framing.send(file, fields, payload)
        written.append(file.getvalue())
    return [*written, b"".join(written)]
