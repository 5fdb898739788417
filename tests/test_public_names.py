"""The public names of `import qmono`: change them only with a new version."""

from __future__ import annotations

import pytest

import qmono


def test_public_names() -> None:
    assert qmono.__all__ == [
        "BackendError",
        "Context",
        "CountsTable",
        "ExitCode",
        "InputError",
        "Metric",
        "QmonoError",
        "Report",
        "UsageError",
        "bell_test",
        "earlier_runs",
        "exit_code",
        "fidelity",
        "fidelity_plan",
        "judge",
        "measure_bell",
        "measure_fidelity",
        "measure_tomography",
        "measures",
        "monogamy",
        "monogamy_of_claims",
        "monogamy_of_pairs",
        "read_claims",
        "read_counts",
        "read_inequality",
        "read_report",
        "read_state",
        "tomography",
        "wins_table",
        "write_counts",
    ]


@pytest.mark.parametrize("name", qmono.__all__)
def test_every_public_name_exists_and_is_documented(name: str) -> None:
    assert getattr(qmono, name).__doc__


def test_other_names_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="no attribute 'tomografy'"):
        _ = qmono.tomografy
