# SPDX-License-Identifier: GPL-3.0-or-later
"""The `ink` command around the engine: what it asks of it, writes, prints and refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from cli_helpers import FakeInker, files_in
from PIL import Image, ImageCms

from smart_lineart.cli import ink
from smart_lineart.cli.arguments import Colour
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.page import read_page
from smart_lineart.cli.ink import Appearance, ink_file
from smart_lineart.inking import BadSketch, ModelError, RuntimeMissing
from smart_lineart.said import Said


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_lineart_lies_beside_the_sketch_as_ink_on_transparency(run, sketch, fake_inker, drawing):
    ran = run("ink", sketch)
    assert (ran.code, ran.err) == (0, "")
    target = sketch.with_name("sketch-lineart.png")
    assert ran.out.startswith(f"{sketch} -> {target} (320 x 240 px")
    ink = pixels(target)
    assert np.array_equal(ink[..., 3], 255 - drawing)
    assert not ink[..., :3].any()
    assert Image.open(target).info["dpi"] == pytest.approx((300, 300), abs=0.02)
    assert fake_inker.closed


def test_colour_is_everywhere_so_that_edges_have_no_fringe(run, sketch, fake_inker, drawing):
    assert run("ink", sketch, "--color", "#8020f0").code == 0
    ink = pixels(sketch.with_name("sketch-lineart.png"))
    assert (ink[..., :3] == (0x80, 0x20, 0xF0)).all()
    assert np.array_equal(ink[..., 3], 255 - drawing)


def test_on_white_the_ink_is_laid_over_paper(run, sketch, fake_inker, drawing):
    assert run("ink", sketch, "--background", "white", "--color", "#ff0000").code == 0
    page = pixels(sketch.with_name("sketch-lineart.png"))
    assert page.shape == (240, 320, 3)
    assert (page[..., 0] == 255).all()
    assert np.abs(page[..., 1].astype(int) - drawing).max() <= 1


def test_the_profile_is_kept_for_black_and_left_for_colours(run, tmp_path, drawing, fake_inker):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sketch = tmp_path / "sketch.png"
    Image.fromarray(drawing).convert("RGB").save(sketch, icc_profile=profile)
    run("ink", sketch, "-o", tmp_path / "black.png")
    run("ink", sketch, "-o", tmp_path / "blue.png", "--color", "#0000ff")
    assert Image.open(tmp_path / "black.png").info["icc_profile"] == profile
    assert "icc_profile" not in Image.open(tmp_path / "blue.png").info


def test_options_reach_the_engine(run, sketch, fake_inker, tmp_path):
    options = "--thickness 6.5 --style brush --detail 0.75 --faint 0.2 --weight 0.25"
    engine = "--runtime onnxruntime --device gpu"
    ran = run("ink", sketch, *options.split(), *engine.split(), "--memory-limit", "300M", "--model", tmp_path)
    assert ran.code == 0
    opened = {name: value for name, value in fake_inker.opened_with.items() if name != "notify"}
    assert opened == {
        "runtime": "onnxruntime",
        "device": "gpu",
        "memory_limit": 300 << 20,
        "model": tmp_path,
    }
    asked = {(r["thickness"], r["style"], r["faint"], r["weight"]) for r in fake_inker.rendered}
    assert asked == {(6.5, "brush", 0.2, 0.25)}
    assert fake_inker.looked_for_light == [True]
    assert json.loads(run("ink", sketch, "--detail", "0.75", "--json").out)["results"][0]["scale"] == 0.75


@pytest.mark.parametrize(("faint", "light"), [("0.49", True), ("0.5", False), ("1", False)])
def test_lines_that_the_network_takes_for_none_are_looked_for_where_they_may_be_drawn(
    run, sketch, fake_inker, faint: str, light: bool
):
    assert run("ink", sketch, "--faint", faint).code == 0
    assert fake_inker.looked_for_light == [light]


def test_millimetres_follow_the_resolution_of_the_file(run, sketch, fake_inker):
    assert run("ink", sketch, "--thickness", "0.508mm").code == 0
    assert fake_inker.rendered[0]["thickness"] == pytest.approx(6.0, abs=0.01)


@pytest.mark.parametrize(("long_side", "thickness"), [(100, 1.5), (2000, 4.0)])
def test_an_unasked_thickness_suits_the_size(run, tmp_path, fake_inker, long_side, thickness):
    Image.new("L", (long_side // 2, long_side), 255).save(tmp_path / "page.png")
    assert run("ink", tmp_path / "page.png").code == 0
    assert fake_inker.rendered[0]["thickness"] == thickness


def test_without_a_resolution_300_dpi_are_assumed_and_told(run, tmp_path, drawing, fake_inker):
    Image.fromarray(drawing).save(tmp_path / "bare.png")
    ran = run("ink", tmp_path / "bare.png", "--thickness", "0.508mm")
    assert ran.code == 0
    sentence = "names no resolution; 300 dpi is assumed, so 0.508 mm is 6.0 px."
    assert ran.err == f"{tmp_path / 'bare.png'} {sentence}\n"
    assert fake_inker.rendered[0]["thickness"] == pytest.approx(6.0)


def test_a_page_is_drawn_in_strips_that_cover_it_once(run, tmp_path, fake_inker, monkeypatch):
    monkeypatch.setattr("smart_lineart.cli.ink.STRIP_PIXELS", 1000)
    noise = np.random.default_rng(3).integers(0, 256, (97, 61), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    assert run("ink", tmp_path / "noise.png").code == 0
    regions = [r["region"] for r in fake_inker.rendered]
    assert len(regions) > 3
    assert sum(region.height for region in regions) == 97
    assert np.array_equal(pixels(tmp_path / "noise-lineart.png")[..., 3], 255 - noise)


def test_a_large_page_is_drawn_in_parts_of_two_megapixels(run, tmp_path, fake_inker):
    Image.new("L", (1500, 1500), 255).save(tmp_path / "large.png")
    assert run("ink", tmp_path / "large.png").code == 0
    regions = [call["region"] for call in fake_inker.rendered]
    assert len(regions) == 2
    assert all(region.width * region.height <= 2 << 20 for region in regions)


def test_how_far_a_page_is_goes_on_from_one_lineart_to_the_next(tmp_path):
    Image.new("L", (60, 40), 200).save(tmp_path / "page.png")
    told = []
    ink_file(
        tmp_path / "page.png",
        [tmp_path / "one.png", tmp_path / "two.png", tmp_path / "three.png"],
        Appearance(None, "pen", None, 0.5, 0.7, Colour(0, 0, 0), white=False),
        FakeInker(),
        read=read_page,
        memory_limit=1 << 30,
        progress=told.append,
        cancelled=lambda: False,
        wrote=lambda _: None,
    )
    assert told == sorted(told)
    assert told[-3:] == pytest.approx([0.8 + 0.2 / 3, 0.8 + 0.4 / 3, 1.0])


def test_a_page_larger_than_its_share_of_memory_inks_the_same(run, tmp_path, fake_inker, monkeypatch):
    monkeypatch.setattr("smart_lineart.cli.ink.LUMA_SHARE", 1 << 20)  # 256 bytes of 256 MB
    noise = np.random.default_rng(3).integers(0, 256, (290, 300), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    assert run("ink", tmp_path / "noise.png", "--memory-limit", "256M").code == 0
    assert np.array_equal(pixels(tmp_path / "noise-lineart.png")[..., 3], 255 - noise)
    assert files_in(tmp_path) == {"noise.png", "noise-lineart.png"}


def test_json_tells_all_a_program_could_ask(run, sketch, fake_inker):
    ran = run("ink", sketch, "--json", "--thickness", "5")
    document = json.loads(ran.out)
    assert ran.err == ""
    result = document["results"][0]
    assert set(result.pop("seconds")) == {"read", "prepare", "render", "total"}
    assert result.pop("dpi") == pytest.approx([300, 300], abs=0.02)
    assert result == {
        "sketch": str(sketch),
        "lineart": str(sketch.with_name("sketch-lineart.png")),
        "also": [],
        "width": 320,
        "height": 240,
        "thickness": 5,
        "scale": 0.5,
        "runtime": "openvino",
        "device": "cpu",
        "blank": False,
        "notices": [],
    }
    assert document["peak_memory_bytes"] > 1 << 20


def test_json_tells_of_failures_too(run, tmp_path, fake_inker):
    ran = run("ink", tmp_path / "missing.png", "--json")
    assert ran.code == 2
    assert json.loads(ran.out)["results"] == [
        {
            "sketch": str(tmp_path / "missing.png"),
            "lineart": None,
            "error": f"{tmp_path / 'missing.png'} does not exist.",
        }
    ]
    assert "does not exist" in ran.complaint


# ---- where lineart goes ----


def test_output_can_be_a_file(run, sketch, fake_inker, tmp_path):
    assert run("ink", sketch, "-o", tmp_path / "elsewhere.png").code == 0
    assert files_in(tmp_path) == {"sketch.png", "elsewhere.png"}


@pytest.mark.parametrize("name", ["new", "new/deeper/", "v1.2"])
def test_output_can_be_a_folder_that_is_made(run, sketch, fake_inker, tmp_path, name):
    ran = run("ink", sketch, "-o", f"{tmp_path}/{name}")
    assert ran.code == 0
    assert files_in(tmp_path / name) == {"sketch-lineart.png"}
    assert ran.out.endswith(f"The lineart is in {(tmp_path / name).resolve()}\n")


def test_other_pictures_are_not_written(run, sketch, fake_inker, tmp_path):
    ran = run("ink", sketch, "-o", tmp_path / "ink.jpg")
    assert ran.code == 2
    assert ran.complaint == "Lineart is written as PNG or SVG, not as JPG: name the file ink.png."


@pytest.mark.parametrize("link", [False, True], ids=["itself", "a link to it"])
def test_a_sketch_is_never_overwritten(run, sketch, fake_inker, tmp_path, link):
    before = sketch.read_bytes()
    target = sketch
    if link:
        target = tmp_path / "link.png"
        target.symlink_to(sketch)
    ran = run("ink", sketch, "-o", target)
    assert ran.code == 2
    assert "would be overwritten" in ran.complaint
    assert sketch.read_bytes() == before
    assert fake_inker.prepared == []


def test_the_lineart_of_a_sketch_is_no_sketch_of_its_batch(run, sketch, fake_inker, tmp_path):
    """`ink *.png` for the second time."""
    run("ink", sketch)
    made = {path: path.read_bytes() for path in tmp_path.iterdir()}
    ran = run("ink", *sorted(made), "--thickness", "9")
    assert ran.code == 0
    lineart = tmp_path / "sketch-lineart.png"
    assert ran.err == f"{lineart} was skipped, since it is the lineart of {sketch}.\n"
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == made
    assert fake_inker.prepared == [(240, 320)] * 2


def test_an_output_that_cannot_be_written_is_told_before_inking(run, sketch, fake_inker, tmp_path):
    ran = run("ink", sketch, "-o", tmp_path / "missing" / "ink.png")
    assert ran.code == 2
    assert "does not exist" in ran.complaint
    assert fake_inker.prepared == []


def test_an_output_folder_that_cannot_be_made_is_told(run, sketch, fake_inker, tmp_path):
    (tmp_path / "file").touch()
    ran = run("ink", sketch, "-o", f"{tmp_path}/file/folder/")
    assert ran.code == 2
    assert "cannot be made" in ran.complaint


@pytest.mark.parametrize("stage", ["before_prepare", "before_render"])
def test_existing_lineart_stays_unless_inking_succeeds(run, sketch, fake_inker, tmp_path, stage):
    target = tmp_path / "sketch-lineart.png"
    target.write_bytes(b"last week's")

    def fail():
        raise BadSketch("The sketch has no pixels.")

    setattr(fake_inker, stage, fail)
    ran = run("ink", sketch)
    assert ran.code == 2
    assert ran.complaint == f"{sketch}: The sketch has no pixels."
    assert target.read_bytes() == b"last week's"
    assert files_in(tmp_path) == {"sketch.png", "sketch-lineart.png"}


# ---- batches ----


@pytest.fixture
def folder(tmp_path: Path, drawing) -> Path:
    """Three sketches, lineart made earlier, and files that are none."""
    folder = tmp_path / "sketches"
    folder.mkdir()
    for name in ("a.png", "b.jpg", "c.TIF"):
        Image.fromarray(drawing).save(folder / name)
    for name in ("a-lineart.png", ".hidden.png"):
        Image.fromarray(drawing).save(folder / name)
    (folder / "notes.txt").write_text("buy ink")
    return folder


def test_a_folder_is_a_batch_of_its_sketches(run, folder, fake_inker, tmp_path):
    ran = run("ink", folder, "-o", tmp_path / "ink")
    assert ran.code == 0
    assert files_in(tmp_path / "ink") == {"a-lineart.png", "b-lineart.png", "c-lineart.png"}
    assert len(fake_inker.prepared) == 3


def test_one_bad_file_does_not_stop_the_rest(run, folder, fake_inker, tmp_path):
    (folder / "b.jpg").write_text("no image")
    ran = run("ink", folder, tmp_path / "missing.png", "-o", tmp_path / "ink")
    assert ran.code == 1
    assert files_in(tmp_path / "ink") == {"a-lineart.png", "c-lineart.png"}
    complaints = ran.err.splitlines()
    assert len(complaints) == 2
    assert complaints[0].startswith(f"smart-lineart: {folder / 'b.jpg'} is not an image that can be inked")
    assert complaints[1] == f"smart-lineart: {tmp_path / 'missing.png'} does not exist."


@pytest.mark.parametrize("name", ["a.webp", "a.PNG"])
def test_two_sketches_do_not_overwrite_each_others_lineart(run, folder, fake_inker, tmp_path, name):
    Image.open(folder / "a.png").save(folder / name)
    if len(files_in(folder)) == 6:
        pytest.skip("the file system takes capitals for small letters")
    ran = run("ink", folder, "-o", tmp_path / "ink")
    assert ran.code == 1
    assert "would both be written to" in ran.complaint
    assert len(files_in(tmp_path / "ink")) == 3


def test_a_sketch_named_twice_is_inked_once(run, sketch, fake_inker):
    assert run("ink", sketch, sketch).code == 0
    assert len(fake_inker.prepared) == 1


def test_several_sketches_do_not_fit_into_one_file(run, folder, fake_inker, tmp_path):
    ran = run("ink", folder, "-o", tmp_path / "one.png")
    assert ran.code == 2
    assert "name a folder" in ran.complaint


def test_a_folder_without_sketches_is_told(run, tmp_path, fake_inker):
    ran = run("ink", tmp_path)
    assert ran.code == 2
    assert ran.complaint == f"The folder {tmp_path} holds no sketch that can be inked."


def test_a_folder_that_may_not_be_read_is_told(run, open_folder, fake_inker):
    closed = open_folder / "closed"
    closed.mkdir()
    closed.chmod(0)
    ran = run("ink", closed)
    closed.chmod(0o700)
    assert ran.code == 2
    assert ran.complaint == f"The folder {closed} cannot be read: permission denied."


def test_a_sketch_that_may_not_be_read_is_told(run, open_folder, fake_inker):
    closed = open_folder / "closed.png"
    closed.touch(mode=0)
    assert run("ink", closed).complaint == f"{closed} cannot be read: permission denied."


def test_a_folder_that_takes_no_lineart_is_told_before_inking(run, open_folder, fake_inker, drawing):
    Image.fromarray(drawing).save(open_folder / "sketch.png")
    open_folder.chmod(0o555)
    ran = run("ink", open_folder / "sketch.png")
    assert ran.complaint == f"{open_folder / 'sketch-lineart.png'} cannot be written: permission denied."
    assert fake_inker.prepared == []


# ---- what is wrong with a file, the model or the runtime ----


def test_every_fault_of_a_file_is_one_sentence(run, tmp_path, fake_inker):
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("no image")
    os.mkfifo(tmp_path / "pipe.png")
    faults = {
        "empty.png": "is empty",
        "text.png": "is not an image",
        "gone.png": "does not exist",
        "pipe.png": "is no ordinary file",
        "n" * 300: "file name too long",
    }
    for name, words in faults.items():
        ran = run("ink", tmp_path / name)
        assert ran.code == 2
        assert words in ran.complaint
    assert fake_inker.prepared == []
    assert not list(tmp_path.glob("*-lineart.png"))


@pytest.mark.parametrize("error", [ModelError, RuntimeMissing])
def test_what_the_engine_lacks_is_told_once_for_a_whole_batch(run, folder, monkeypatch, error):
    def fail(**_):
        raise error("The engine lacks something.")

    monkeypatch.setattr("smart_lineart.cli.engine.open_inker", fail)
    ran = run("ink", folder)
    assert ran.code == 2
    assert ran.complaint == "The engine lacks something."


def test_a_fault_of_the_program_itself_is_one_sentence_too(run, folder, fake_inker, tmp_path):
    faults = [ValueError("odd"), MemoryError()]

    def fail():
        if faults:
            raise faults.pop()

    fake_inker.before_prepare = fail
    ran = run("ink", folder, "-o", tmp_path / "ink")
    assert ran.code == 1
    assert "does not fit into this computer's memory" in ran.err
    assert "please report it (ValueError: odd)" in ran.err
    assert files_in(tmp_path / "ink") == {"c-lineart.png"}


def test_notices_of_the_engine_are_passed_on(run, sketch, fake_inker, monkeypatch):
    def say():
        fake_inker.opened_with["notify"](Said("The {device} failed, so the CPU is used.", device="GPU"))

    fake_inker.before_prepare = say
    assert run("ink", sketch).err == "The GPU failed, so the CPU is used.\n"
    assert json.loads(run("ink", sketch, "--json").out)["notices"] == ["The GPU failed, so the CPU is used."]


def test_names_that_are_one_to_the_file_system_are_one_target(run, folder, fake_inker, tmp_path):
    """The file system here tells capitals apart, so a link stands in for one that does not."""
    out = tmp_path / "ink"

    def b_is_a():
        if len(fake_inker.prepared) == 1 and not (out / "b-lineart.png").exists():
            (out / "b-lineart.png").hardlink_to(out / "a-lineart.png")

    fake_inker.before_prepare = b_is_a
    ran = run("ink", folder / "a.png", folder / "c.TIF", folder / "b.jpg", "-o", out)
    assert ran.code == 1
    assert ran.complaint == (
        f"{folder / 'b.jpg'} and {folder / 'a.png'} would both be written to {out / 'b-lineart.png'}:"
        " ink them one by one."
    )
    assert len(fake_inker.prepared) == 2


def test_a_file_counts_as_written_though_the_next_format_failed(
    run, folder, fake_inker, tmp_path, monkeypatch
):
    out = tmp_path / "ink"
    write = ink.write_set

    def failing(linearts, *rest):
        ((target, _),) = linearts
        if target.name == "a-lineart.svg":
            (out / "b-lineart.png").hardlink_to(out / "a-lineart.png")
            raise FileError("{file} cannot be written.", file=target)
        write(linearts, *rest)

    monkeypatch.setattr(ink, "write_set", failing)
    ran = run("ink", folder / "a.png", folder / "b.jpg", "-o", out, "--format", "png,svg")
    assert ran.code == 1
    assert "a-lineart.svg cannot be written" in ran.err
    assert f"would both be written to {out / 'b-lineart.png'}" in ran.err


def test_names_that_differ_in_capitals_are_two_targets_where_the_file_system_says_so(
    run, folder, fake_inker, tmp_path
):
    Image.open(folder / "a.png").save(folder / "A.png")
    if len(files_in(folder)) == 6:
        pytest.skip("the file system takes capitals for small letters")
    assert run("ink", folder, "-o", tmp_path / "ink").code == 0
    assert {"a-lineart.png", "A-lineart.png"} < files_in(tmp_path / "ink")


def test_a_dangling_link_and_what_it_points_to_are_one_target(run, folder, fake_inker, tmp_path):
    out = tmp_path / "ink"
    out.mkdir()
    (out / "b-lineart.png").symlink_to(out / "a-lineart.png")
    assert run("ink", folder, "-o", out).code == 1
    assert files_in(out) == {"a-lineart.png", "b-lineart.png", "c-lineart.png"}


def test_a_hard_link_to_the_sketch_is_never_written(run, sketch, fake_inker, tmp_path):
    (tmp_path / "other.png").hardlink_to(sketch)
    assert "would be overwritten" in run("ink", sketch, "-o", tmp_path / "other.png").complaint


@pytest.mark.parametrize("many", [False, True])
def test_the_standard_output_is_no_place_for_lineart(
    run, sketch, folder, fake_inker, tmp_path, many, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    ran = run("ink", sketch, *([folder] if many else []), "-o", "-")
    assert ran.code == 2
    assert ran.complaint == "Lineart cannot be written to the standard output: name a file or a folder."
    assert not Path("-").exists()


def test_a_folder_that_is_a_file_is_told(run, sketch, fake_inker, tmp_path):
    (tmp_path / "ink").touch()
    ran = run("ink", sketch, "-o", tmp_path / "ink")
    assert ran.complaint == f"{tmp_path / 'ink'} is no folder, so no lineart can be written into it."


def test_a_sketch_that_is_a_ring_of_links_is_told(run, fake_inker, tmp_path):
    (tmp_path / "a.png").symlink_to(tmp_path / "a.png")
    ran = run("ink", tmp_path / "a.png")
    assert ran.complaint == f"{tmp_path / 'a.png'} cannot be read: its links lead round in a ring."
