"""The job summary of a GitHub workflow: added, never overwritten, never too large, never the judge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qmono.cli.step_summary import LARGEST_SUMMARY, add_to_summary

Run = Callable[..., object]


def test_the_summary_is_added_to_what_other_programs_wrote(qmono, samples: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    gate = ["tomography", samples / "simulated" / "bell.json", "--target", "phi+", "--min", "fidelity=0.9"]
    done = qmono(*gate, "--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert done.code == 0
    assert summary.read_text().startswith("before\n## ENTANGLED")
    kept = summary.read_text()
    qmono(*gate, "--format", "json", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text() == kept


def test_a_summary_that_cannot_be_written_changes_no_exit_code(qmono, samples: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    gate = ["bell-test", samples / "delft_2015" / "counts.json", "--min", "S=2"]
    done = qmono(*gate, "--format", "github", GITHUB_STEP_SUMMARY=str(tmp_path / "no" / "summary.md"))
    assert done.code == 0
    assert "no job summary" in done.err
    assert done.out.startswith("::stop-commands::")


def test_a_summary_is_cut_before_github_would_drop_all_of_it(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    for _ in range(3):
        add_to_summary(str(summary), "- a line of a report\n" * 30_000)
        assert summary.stat().st_size <= LARGEST_SUMMARY
    assert "(cut: a job summary holds 1 MiB at most" in summary.read_text()
