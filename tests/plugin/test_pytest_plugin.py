"""The plugin as other people's test suites use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from qmono.core.report import Report
from qmono.errors import InputError, UsageError
from qmono.pytest_plugin import assert_fidelity, assert_report

BELL = {label: {"00": 490, "01": 10, "10": 10, "11": 490} for label in ("XX", "ZZ")}
BELL["YY"] = {"00": 10, "01": 490, "10": 490, "11": 10}


def test_a_proven_fidelity_passes_and_returns_its_report(samples: Path) -> None:
    report = assert_fidelity(samples / "simulated" / "bell.json", "phi+", at_least=0.9)
    assert report.requirements[0].status == "pass"
    assert assert_fidelity(BELL, "phi+", at_least=0.95).metric("fidelity") is not None


@pytest.mark.parametrize(
    ("at_least", "level", "word"),
    [(0.99, 0.95, "REFUTED: proven <= "), (0.965, 0.95, "INCONCLUSIVE: proven only >= ")],
)
def test_what_is_not_proven_fails_with_the_limit(at_least: float, level: float, word: str) -> None:
    with pytest.raises(AssertionError) as failure:
        assert_fidelity(BELL, "phi+", at_least=at_least, level=level)
    assert str(failure.value).startswith(f"fidelity >= {at_least} {word}")


def test_a_higher_level_asks_for_more() -> None:
    assert_fidelity(BELL, "phi+", at_least=0.96, level=0.5)
    with pytest.raises(AssertionError, match="INCONCLUSIVE"):
        assert_fidelity(BELL, "phi+", at_least=0.96, level=0.9999)


def test_no_data_is_never_a_pass() -> None:
    with pytest.raises(AssertionError, match=r"NO DATA|INCONCLUSIVE"):
        assert_fidelity({"ZZ": {"00": 5, "11": 5}}, "phi+", at_least=0.9)
    with pytest.raises(InputError):
        assert_fidelity({"ZZ": {"00": -5}}, "phi+", at_least=0.9)
    with pytest.raises(UsageError, match="nothing is required"):
        assert_report(assert_fidelity(BELL, "phi+", at_least=0.9))


SUITE = """
import qmono
from qmono.pytest_plugin import assert_fidelity

BELL = {bell!r}

def test_good(qmono_report):
    qmono_report.fidelity(BELL, "phi+", at_least=0.9)

def test_bad(qmono_report):
    qmono_report.fidelity(BELL, "phi+", at_least=0.99)

def test_plain():
    assert_fidelity(BELL, "psi-", at_least=0.9)
"""


def test_a_suite_of_somebody_else(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE.format(bell=BELL))
    done = pytester.runpytest_subprocess("--qmono-report=reports.jsonl", "--junitxml=junit.xml")
    done.assert_outcomes(passed=1, failed=2)
    done.stdout.fnmatch_lines(["*AssertionError: fidelity >= 0.99 REFUTED: proven <= *"])
    lines = (pytester.path / "reports.jsonl").read_text().splitlines()
    statuses = [Report.from_json(json.loads(line)).requirements[0].status for line in lines]
    assert statuses == ["pass", "fail"]
    xml = (pytester.path / "junit.xml").read_text()
    assert 'name="qmono fidelity &gt;= 0.9" value="PASS: proven &gt;= ' in xml
    assert "pytest_plugin.py" not in done.stdout.str()


def test_reports_of_parallel_workers_are_all_written(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE.format(bell=BELL))
    pytester.runpytest_subprocess("-n", "2", "--qmono-report=reports.jsonl")
    assert len((pytester.path / "reports.jsonl").read_text().splitlines()) == 2


def test_nothing_heavy_is_loaded_until_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text("def test_nothing(): pass\n")
    probe = (
        "import pytest, sys; pytest.main(['-q', '-p', 'no:cacheprovider']); "
        "assert 'qmono.pytest_plugin' in sys.modules; "
        "print(sorted({'numpy', 'scipy', 'qiskit', 'qmono.api', 'qmono.core.report'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", probe]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
