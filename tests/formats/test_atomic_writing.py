"""A file is written whole or not at all, and what cannot be written is one clear line."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

import pytest

from qmono.errors import UsageError
from qmono.formats.atomic import write_atomically, write_text


def interrupted(stream: BinaryIO) -> None:
    stream.write(b"half")
    raise KeyboardInterrupt


def test_new_and_existing_files(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text in ("first", "second ψ"):
        write_text(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "whole")
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "b.txt", interrupted)
    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "a.txt", tmp_path / "link"
    write_text(path, "one")
    path.chmod(0o640)
    link.symlink_to(path)
    write_text(link, "two")
    assert link.is_symlink()
    assert path.read_text() == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.touch()
    write_text(tmp_path / "a.txt", "one")
    assert (tmp_path / "a.txt").stat().st_mode == usual.stat().st_mode


def test_a_device_stays_a_device() -> None:
    write_text(os.devnull, "nothing")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no directory"):
        write_text(tmp_path / "missing" / "a.txt", "")
    with pytest.raises(UsageError, match="it is a directory"):
        write_text(tmp_path, "")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot write"):
        write_text(tmp_path / "file" / "a.txt", "")
    with pytest.raises(UsageError, match="cannot write"):
        write_text(tmp_path / ("x" * 300), "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match=r"cannot write .*Permission denied"):
        write_text(tmp_path / "a.txt", "")
