"""What a run puts aside: it comes back as it was, whether it waits in memory or on disk, and leaves nothing behind."""

import gc
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbatch.spool import Spool, Stream


@given(st.lists(st.binary(max_size=40), max_size=20), st.integers(0, 200), st.randoms(use_true_random=False))
def test_what_was_put_aside_comes_back_in_any_order(pieces, in_memory, dice):
    spool = Spool(in_memory)
    spans = [spool.put(piece) for piece in pieces]
    kept = list(zip(spans, pieces, strict=True))
    dice.shuffle(kept)
    assert [spool.get(span) for span, _ in kept] == [piece for _, piece in kept]


def test_putting_more_aside_leaves_what_is_there():
    spool = Spool(in_memory=8)
    first = spool.put(b"first of all")
    assert (spool.get(first), spool.get(spool.put(b"second")), spool.get(first)) == (
        b"first of all", b"second", b"first of all",
    )  # fmt: skip


@pytest.mark.skipif(
    os.name == "nt", reason="there the file has a name until it is closed, and the system removes it"
)
def test_nothing_with_a_name_is_ever_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = Spool(in_memory=1)
    spool.put(b"Ahmed, Sana")
    assert list(tmp_path.iterdir()) == []


def test_its_file_goes_with_it(monkeypatch: pytest.MonkeyPatch):
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    spool = Spool(in_memory=1)
    spool.put(b"some")
    del spool
    gc.collect()
    assert not before or len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_stream_is_read_anew_each_time():
    read = []

    def items():
        read.append("once more")
        yield from "abc"

    stream = Stream(items)
    assert [item for item in stream] == ["a", "b", "c"]  # noqa: C416 - list() asks for the length, too
    assert (len(stream), len(read)) == (3, 1)
    assert (list(stream), stream[1], stream[-1], stream[1:], len(read)) == (
        ["a", "b", "c"],
        "b",
        "c",
        ("b", "c"),
        5,
    )
    assert (stream == ("a", "b", "c"), bool(stream), bool(Stream())) == (True, True, False)
    with pytest.raises(IndexError):
        stream[3]
