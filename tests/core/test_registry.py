from __future__ import annotations

import pytest

from qmono.core.registry import Entry, Registry
from qmono.errors import ExitCode, MissingExtra, UsageError

SHAPES = Registry(
    "shape",
    [
        Entry("root", "math:sqrt", "square root"),
        Entry("absent", "no_such_package.module:thing", "needs what nobody has", extra="shapes"),
    ],
)


def test_an_entry_is_imported_only_when_loaded() -> None:
    assert SHAPES.names == ("root", "absent")
    assert SHAPES.load("root")(9) == 3
    assert "absent" in SHAPES
    assert len(SHAPES) == 2


def test_a_miss_suggests_the_closest_name() -> None:
    with pytest.raises(UsageError, match="unknown shape 'roots'; did you mean 'root'"):
        SHAPES.load("roots")


def test_a_hopeless_miss_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match="there is: root, absent"):
        SHAPES["zzz"]


def test_a_missing_extra_says_how_to_install_it() -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'qmono\[shapes\]'") as caught:
        SHAPES.load("absent")
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_name_stands_for_one_entry() -> None:
    with pytest.raises(ValueError, match="two entries"):
        Registry("shape", [Entry("a", "math:pi", ""), Entry("a", "math:e", "")])
