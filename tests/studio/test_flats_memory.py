# SPDX-License-Identifier: GPL-3.0-or-later
"""What documents remember of flats, whoever made the file."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking.areas import USUAL_OPENNESS, Areas, DamagedAreas
from smart_lineart.studio.document import flats as module
from smart_lineart.studio.document.flats import IN_FILE, NOTE_KEY, FlatsMemory, FlatsNote, owner_of
from tests.krita_host.fake_krita import Document, fake_krita


class FakeDocument:
    def __init__(self, kept: dict[str, bytes] | None = None, layers: tuple[str, ...] = ()):
        self.kept, self.there = dict(kept or {}), list(layers)

    def layers(self) -> Any:
        return iter([SimpleNamespace(identity=one) for one in self.there])

    def note(self, key: str) -> str:
        return self.kept.get(key, b"").decode()

    def set_note(self, key: str, _title: str, text: str) -> None:
        self.kept[key] = text.encode()

    def data(self, key: str, most: int = 0) -> bytes | None:
        return self.kept.get(key)

    def set_data(self, key: str, _title: str, data: bytes) -> None:
        self.kept[key] = data

    def remove_data(self, key: str) -> None:
        del self.kept[key]

    def data_keys(self) -> list[str]:
        return list(self.kept)


def areas(width: int = 8) -> Areas:
    labels = np.zeros((6, width), np.int32)
    labels[1:4, 1:5] = 1
    return Areas.of((6, width), labels, labels == 0, {})


def put(memory: FlatsMemory, document: Any, layer: str, one: Areas | None = None, of: str = "{ink}") -> None:
    one = one or areas()
    memory.put(document, layer, one, memory.note_of(document, of), one.pack())
    document.there.append(layer)


def test_areas_are_found_when_the_file_is_opened_again() -> None:
    document: Any = FakeDocument()
    put(FlatsMemory(), document, "{a}")
    opened: Any = FakeDocument(document.kept, ("{a}",))
    memory = FlatsMemory()
    found = memory.areas_in(opened, "{a}")
    assert found is not None
    np.testing.assert_array_equal(found.labels, areas().labels)
    assert memory.areas_in(opened, "{b}") is None
    assert (owner_of(opened, "{a}"), owner_of(opened, "{ink}")) == ("{ink}", "")


def test_the_newest_layer_that_is_there_is_in_use_and_undo_brings_an_older_one_back() -> None:
    document: Any = FakeDocument()
    memory = FlatsMemory()
    assert memory.in_use(document, "{ink}") is None
    for name in "abcde":
        put(memory, document, f"{{{name}}}", areas(ord(name) - 80))
    assert memory.in_use(document, "{ink}").identity == "{e}"  # type: ignore[union-attr]
    assert len([key for key in document.kept if key != NOTE_KEY]) == IN_FILE
    document.there = ["{a}"]
    memory.look_after(document, "{ink}")
    assert memory.in_use(document, "{ink}").identity == "{a}"  # type: ignore[union-attr]
    found = FlatsMemory().areas_in(FakeDocument(document.kept), "{a}")  # type: ignore[arg-type]
    assert found is not None
    assert found.shape == (6, ord("a") - 80)


def test_the_colours_that_were_written_are_kept_as_long_as_the_areas() -> None:
    document: Any = FakeDocument()
    memory = FlatsMemory()
    for name in "abcde":
        one, note = areas(), memory.note_of(document, "{ink}")
        memory.put(document, f"{{{name}}}", one, note, one.pack(), name.encode())
        document.there.append(f"{{{name}}}")
    past = {key: value for key, value in document.kept.items() if key.startswith(module.PAST)}
    assert sorted(past.values()) == [b"c", b"d", b"e"]
    document.there = ["{a}"]
    memory.look_after(document, "{ink}")
    opened: Any = FakeDocument(document.kept, ("{a}",))
    memory = FlatsMemory()
    assert memory.past_of(opened, "{a}") is None
    assert memory.areas_in(opened, "{a}") is not None
    assert memory.past_of(opened, "{a}") == b"a"


def test_each_lineart_has_flats_and_an_openness_of_its_own() -> None:
    document: Any = FakeDocument()
    memory = FlatsMemory()
    put(memory, document, "{a}")
    memory.save(document, FlatsNote("{other}", ("{b}",), 0.9))
    assert memory.note_of(document, "{ink}") == FlatsNote("{ink}", ("{a}",))
    assert memory.note_of(document, "{other}").openness == 0.9
    assert memory.note_of(document, "{third}") == FlatsNote("{third}", (), USUAL_OPENNESS)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "nonsense",
        "[]",
        json.dumps({"flats": 3}),
        json.dumps({"flats": [3, None, {"of": 4}, {"layers": []}]}),
        json.dumps({"flats": [{"of": "{ink}", "layers": "{a}", "openness": "wide"}]}),
        json.dumps({"flats": [{"of": "{ink}", "layers": [1, {}], "openness": -7}]}),
        '{"flats": [{"of": "{ink}", "openness": NaN}]}',
        '{"flats": [{"of": "{ink}", "openness": 1e999}]}',
        json.dumps({"flats": [{"of": "{ink}", "openness": True}]}),
        json.dumps({"flats": [{"of": "{ink}", "openness": 1, "spread": 1.5}]}),
        '{"flats": [{"of": "{ink}", "openness": 1, "spread": NaN}]}',
    ],
)
def test_whatever_a_note_says_something_can_be_made_of_it(text: str) -> None:
    document: Any = FakeDocument({NOTE_KEY: text.encode()})
    memory = FlatsMemory()
    note = memory.note_of(document, "{ink}")
    assert note.layers == ()
    assert 0 <= note.openness <= 1
    assert note.spread == 0
    assert memory.in_use(document, "{ink}") is None
    put(memory, document, "{a}")
    assert memory.note_of(document, "{ink}").layers == ("{a}",)


def test_a_note_of_many_linearts_or_layers_is_cut_short() -> None:
    many = [{"of": f"{number}", "layers": [f"{n}" for n in range(70)]} for number in range(1500)]
    document: Any = FakeDocument({NOTE_KEY: json.dumps({"flats": many}).encode()})
    assert len(FlatsMemory().note_of(document, "3").layers) == module.MOST_LAYERS
    put(FlatsMemory(), document, "{a}")
    assert len(json.loads(document.note(NOTE_KEY))["flats"]) == module.MOST_NOTES


@pytest.mark.parametrize("cut", [0, 5, 40, -1])
def test_damaged_areas_are_told(cut: int) -> None:
    document: Any = FakeDocument()
    put(FlatsMemory(), document, "{a}")
    (key,) = [one for one in document.kept if one != NOTE_KEY]
    document.kept[key] = document.kept[key][:cut]
    with pytest.raises(DamagedAreas):
        FlatsMemory().areas_in(document, "{a}")


def test_areas_of_documents_that_were_closed_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = FlatsMemory()
    one, other = FakeDocument(), FakeDocument()
    put(memory, one, "{a}")
    put(memory, other, "{a}", areas(9))
    memory.keep_only(lambda document: document is other)
    assert [kept.document for kept in memory._kept] == [other]
    monkeypatch.setattr(module, "IN_MEMORY", 1)
    put(memory, other, "{b}")
    assert [kept.layer for kept in memory._kept] == ["{b}"]


def test_only_the_layer_that_was_last_written_is_ready() -> None:
    memory, documents = FlatsMemory(), [FakeDocument(), FakeDocument()]
    form: Any = "8 bit"
    one, other = (SimpleNamespace(identity=name, form=form) for name in ("{a}", "{b}"))
    memory.keep_last(documents[0], "{a}", form, "made")  # type: ignore[arg-type]
    ready = [
        memory.is_ready(document, layer)  # type: ignore[arg-type]
        for document in documents
        for layer in (one, other)
    ]
    assert ready == [True, False, False, False]
    memory.keep_last(documents[1], "{b}", form, "made", ready=False)  # type: ignore[arg-type]
    assert not memory.is_ready(documents[1], other)  # type: ignore[arg-type]
    assert not memory.is_ready(documents[0], one)  # type: ignore[arg-type]
    memory.keep_last(documents[0], "{a}", form, "made")  # type: ignore[arg-type]
    memory.doubt()
    assert not memory.is_ready(documents[0], one)  # type: ignore[arg-type]


def test_how_open_outlines_may_be_is_known_at_once_whatever_becomes_of_the_run() -> None:
    names = ("document.flats", "document.memory", "runs.flatting")
    with fake_krita("krita_host.document", *(f"studio.{name}" for name in names)) as room:
        raw = room.krita.show(Document())
        raw.active = lineart = raw.add("lineart")
        flats, document = raw.add("flats"), room.document.Document(raw)
        memory, runs = room.flats.FlatsMemory(), []
        memory.save(document, room.flats.FlatsNote(lineart.identity, (flats.identity,)))
        messages = SimpleNamespace(say=lambda *_, **__: None)
        context = SimpleNamespace(loop=None, flats=memory, memory=room.memory.Memory(), messages=messages)
        flatting = room.flatting.Flatting(
            context, SimpleNamespace(add=runs.append), lambda: None, lambda: False
        )
        flatting.set_openness(0.8)
        assert flatting.openness == 0.8
        flatting.set_spread(0.4)
        assert (flatting.openness, flatting.spread) == (0.8, 0.4)
        assert [(one.flats.openness, one.flats.spread) for one in runs] == [(0.8, None), (None, 0.4)]
        del runs[1]
        flats.remove()
        flatting.set_openness(0.2)
        assert (flatting.openness, len(runs)) == (0.2, 1)
        flatting.set_spread(0.7)
        assert (flatting.openness, flatting.spread, len(runs)) == (0.2, 0.7, 1)
