"""Signed notes and checkpoints of C2SP: the published ones of others, and what is refused."""

from __future__ import annotations

import pytest

from peerwatch.oversight.record.log_checkpoint import Checkpoint, checkpoint_of, read_checkpoint
from peerwatch.oversight.record.merkle_tree import EMPTY_ROOT
from peerwatch.oversight.record.record_errors import NoteError
from peerwatch.oversight.record.signed_note import (
    PrivateKey,
    open_note,
    private_key,
    public_key,
    split_note,
)

# The example of Go's package note.
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # public
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)


def test_the_note_of_go_byte_for_byte() -> None:
    key = private_key(PRIVATE)
    assert key.text() == PRIVATE
    assert str(key.public) == PUBLIC
    assert key.sign(TEXT) == NOTE
    assert open_note(NOTE, [public_key(PUBLIC)]) == TEXT


def test_a_second_signature_is_passed_over() -> None:
    other = PrivateKey("witness.example/w", b"\x07" * 32)
    line = other.sign(TEXT).rpartition("\n\n")[2]
    assert open_note(NOTE + line, [public_key(PUBLIC)]) == TEXT
    assert open_note(NOTE + line, [other.public]) == TEXT


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        NOTE.replace("answer", "question"),
        NOTE.replace("x08go", "x09go"),
        NOTE.replace("PeterNeumann x0", "PeterNewmann x0"),
        NOTE.replace("RyyBwJnAM=", "RyyBwJnAM"),
        NOTE[:-1],
        NOTE.replace("problem,\n", "problem,\r\n"),
        NOTE.replace("— ", "- "),
        NOTE + NOTE.rpartition("\n\n")[2] * 100,
        TEXT + "x" * 1_000_000 + NOTE.removeprefix(TEXT),
    ],
)
def test_a_changed_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        open_note(note, [public_key(PUBLIC)])


@pytest.mark.parametrize(
    "text", ["", "x", PUBLIC[:-4], PUBLIC.replace("c74f", "c74e"), PUBLIC.replace("P", " ", 1)]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        public_key(text)


def test_an_error_about_a_private_key_does_not_show_it() -> None:
    for text in (PRIVATE[:-2], PRIVATE.replace("c74f", "c74e"), PRIVATE.replace("PRIVATE+", "")):
        with pytest.raises(NoteError) as raised:
            private_key(text)
        assert "AYEKFALV" not in str(raised.value)
    assert "AYEK" not in repr(private_key(PRIVATE)) and "\\x81" not in repr(private_key(PRIVATE))


def test_the_example_checkpoint_of_the_specification_is_read() -> None:
    text = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
        "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    body, signatures = split_note(text)
    found = checkpoint_of(body)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.text() == body
    assert signatures[0][0] == found.origin


def test_a_checkpoint_of_another_origin_or_form_is_refused() -> None:
    key = PrivateKey("peerwatch.example/a", b"\x01" * 32)
    good = Checkpoint(key.name, 0, EMPTY_ROOT)
    assert read_checkpoint(key.sign(good.text()), key.public) == good
    other = Checkpoint("peerwatch.example/b", 0, EMPTY_ROOT)
    for text in (
        other.text(),
        good.text().replace("\n0\n", "\n00\n"),
        good.text().replace("\n0\n", "\n-1\n"),
        good.text().replace("=", ""),
        f"{key.name}\n0\n",
    ):
        with pytest.raises(NoteError):
            read_checkpoint(key.sign(text), key.public)
    with pytest.raises(NoteError):
        key.sign("no newline")
