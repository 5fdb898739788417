"""Streams, formats, copies, configuration: the program as a user and a CI job meet it."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
ANSI = "\x1b["


@pytest.fixture
def delft(samples: Path) -> Path:
    return samples / "delft_2015" / "counts.json"


def test_data_goes_to_stdout_and_nothing_else_does(qmono: Run, delft: Path) -> None:
    done = qmono("bell-test", delft, "--format", "json")
    assert json.loads(done.out)["schema"] == "qmono.report/1"
    assert done.err == ""


def test_the_same_command_gives_the_same_bytes_but_the_time(qmono: Run) -> None:
    reports = []
    for _ in range(2):
        report = json.loads(qmono("bell-test", "--seed", "7", "--shots", "50", "--format", "json").out)
        assert report["provenance"].pop("created")
        reports.append(json.dumps(report))
    assert reports[0] == reports[1]
    assert json.loads(reports[0])["provenance"]["seeds"]["seed"] == 7


def test_a_simulated_report_says_so_in_its_headline(qmono: Run) -> None:
    done = qmono("bell-test", "--seed", "7", "--quiet")
    assert done.out.startswith("VIOLATED  S = 2.")
    assert "SIMULATED" in done.out


def test_saved_counts_stay_simulated_and_give_the_same_numbers(qmono: Run, tmp_path: Path) -> None:
    live = json.loads(qmono("bell-test", "--seed", "7", "--save-counts", "kept.npz", "--format", "json").out)
    again = json.loads(qmono("bell-test", "kept.npz", "--format", "json").out)
    assert again["source"] == "simulated"
    assert again["metrics"] == live["metrics"]
    assert [check["status"] for check in again["checks"]] == [check["status"] for check in live["checks"]]


def test_standard_input(qmono: Run, delft: Path) -> None:
    piped = json.loads(qmono("bell-test", "-", "--format", "json", stdin=delft.read_bytes()).out)
    read = json.loads(qmono("bell-test", delft, "--format", "json").out)
    assert piped["metrics"] == read["metrics"]


def test_copies_in_other_formats(qmono: Run, delft: Path, tmp_path: Path) -> None:
    copies = ["--report", "json=r.json", "--report", "junit=r.xml", "--report", "markdown=r.md"]
    assert qmono("bell-test", delft, "--min", "S=2", *copies).code == 0
    assert json.loads((tmp_path / "r.json").read_text())["verdict"] == "violated"
    assert ET.parse(tmp_path / "r.xml").getroot().tag == "testsuites"
    assert (tmp_path / "r.md").read_text().startswith("#")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.json", "r.md", "r.xml"]


def test_a_saved_report_can_be_judged_again(qmono: Run, delft: Path) -> None:
    qmono("bell-test", delft, "--report", "json=r.json")
    assert qmono("gate", "r.json", "--min", "S=2").code == 0
    assert qmono("gate", "r.json", "--min", "S=2.9").code == 99
    assert qmono("gate", "r.json").code == 2
    assert qmono("gate", "r.json", "--min", "fidelity=0.9").code == 2
    assert qmono("gate", delft, "--min", "S=2").code == 3


def test_an_unwritable_copy_is_refused_before_any_work(qmono: Run, delft: Path) -> None:
    done = qmono("bell-test", delft, "--report", "json=nowhere/r.json")
    assert done.code == 2
    assert done.out == ""


@pytest.mark.parametrize(
    "environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}, {"FORCE_COLOR": "1"}, {"GITHUB_ACTIONS": "true"}]
)
def test_no_colours_outside_a_terminal(qmono: Run, delft: Path, environment: dict[str, str]) -> None:
    done = qmono("bell-test", delft, **environment)
    assert ANSI not in done.out
    assert ANSI not in qmono("bell-test", "--help", **environment).out


def test_lines_fit_eighty_columns(qmono: Run, samples: Path, delft: Path) -> None:
    for arguments in (["bell-test", delft], ["tomography", samples / "simulated" / "ghz3.json"]):
        assert max(map(len, qmono(*arguments, "--verbose").out.splitlines())) <= 80


def test_a_reader_that_goes_away_is_no_error(program: str, samples: Path) -> None:
    command = f"'{program}' tomography '{samples}/simulated/ghz3.json' --format json | head -c 10"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_settings_come_from_flag_then_variable_then_file(qmono: Run, tmp_path: Path) -> None:
    def level(*arguments: str, **environment: str) -> float:
        found = qmono("bell-test", "--shots", "20", "--seed", "1", "-f", "json", *arguments, **environment)
        return json.loads(found.out)["metrics"]["S"]["level"]

    (tmp_path / "pyproject.toml").write_text("[tool.qmono]\nlevel = 0.8\n[tool.qmono.gate]\nquiet = true\n")
    assert level() == 0.8
    assert level(QMONO_LEVEL="0.9") == 0.9
    assert level("--level", "0.99", QMONO_LEVEL="0.9") == 0.99
    (tmp_path / "qmono.toml").write_text("[bell-test]\nlevel = 0.7\n")
    assert level() == 0.7


def test_a_project_file_spells_options_as_their_flags(qmono: Run, samples: Path, tmp_path: Path) -> None:
    (tmp_path / "qmono.toml").write_text('quiet = true\n[tomography]\nmin = ["fidelity=0.96"]\n')
    done = qmono("tomography", samples / "simulated" / "bell.json", "--target", "phi+")
    assert done.code == 99
    assert done.out.startswith("REFUTED  ")


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("levle = 0.8", 2, "qmono.toml: unknown option 'levle'; did you mean 'level'"),
        ("[bel-test]\nlevel = 0.8", 2, "did you mean 'bell-test'"),
        ("[bell-test]\ntarget = 'phi+'", 2, "unknown option 'target'"),
        ("level = ", 3, "qmono.toml: "),
    ],
)
def test_a_wrong_project_file_is_named(
    qmono: Run, delft: Path, tmp_path: Path, text: str, code: int, message: str
) -> None:
    (tmp_path / "qmono.toml").write_text(text)
    done = qmono("bell-test", delft)
    assert done.code == code
    assert message in done.err
    assert len(done.err.splitlines()) == 1


def test_an_undeclared_order_that_matters_shows_both_readings(qmono: Run, samples: Path) -> None:
    plain = samples / "simulated" / "asymmetric_qiskit.json"
    done = qmono("tomography", plain)
    assert done.code == 2
    assert "--bit-order" in done.err
    assert "qubit0-first: " in done.err
    assert "qubit0-last: " in done.err
    assert len(done.err.splitlines()) == 1
    assert qmono("tomography", plain, "--bit-order", "qiskit").code == 0


def test_converting_settles_the_order(qmono: Run, samples: Path, tmp_path: Path) -> None:
    plain = samples / "simulated" / "asymmetric_qiskit.json"
    assert qmono("convert", plain, "settled.json", "--bit-order", "qiskit").code == 0
    settled = json.loads(qmono("tomography", "settled.json", "-f", "json").out)
    original = json.loads(qmono("tomography", samples / "simulated" / "asymmetric.json", "-f", "json").out)
    assert settled["metrics"]["concurrence"] == original["metrics"]["concurrence"]


def test_several_files_give_json_lines_and_pool_adds_them_up(qmono: Run, samples: Path) -> None:
    bell = samples / "simulated" / "bell.json"
    lines = qmono("tomography", bell, bell, "--target", "phi+", "-f", "json").out.splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["entangled", "entangled"]
    pooled = json.loads(qmono("tomography", bell, bell, "--pool", "--target", "phi+", "-f", "json").out)
    one = json.loads(lines[0])
    assert pooled["metrics"]["fidelity"]["value"] == pytest.approx(one["metrics"]["fidelity"]["value"])
    assert pooled["metrics"]["fidelity"]["low"] > one["metrics"]["fidelity"]["low"]


def test_several_reports_at_a_terminal_are_told_apart_by_their_files(qmono: Run, samples: Path) -> None:
    bell, asymmetric = samples / "simulated" / "bell.json", samples / "simulated" / "asymmetric.json"
    lines = qmono("tomography", bell, asymmetric, "--quiet").out.splitlines()
    assert [line for line in lines if line.endswith(".json:")] == [f"{bell}:", f"{asymmetric}:"]


def test_inspect_notices_a_reversed_order(qmono: Run, samples: Path) -> None:
    done = qmono("inspect", samples / "simulated" / "asymmetric_qiskit.json", "--format", "json")
    assert json.loads(done.out)["order_effect"]["one_is_reversed"] is True
    assert "ONE ORDER IS REVERSED" in qmono("inspect", samples / "simulated" / "asymmetric_qiskit.json").out


def test_the_catalogue_and_the_schemas(qmono: Run) -> None:
    listed = qmono("catalogue").out
    for name in ("phi+", "chsh", "concurrence", "mle", "aer", "junit", "tomo-input"):
        assert name in listed
    assert json.loads(qmono("catalogue", "--schema", "qmono.report/1").out)["title"]
    assert qmono("catalogue", "--schema", "qmono.report/9").code == 2


def test_help_shows_examples_and_exit_codes(qmono: Run) -> None:
    text = qmono("--help").out
    assert "Examples:" in text
    assert " 98  a requirement is inconclusive" in text
    assert "┃" not in text
    assert "─" not in text


def test_version_and_module(qmono: Run, program: str) -> None:
    assert qmono("--version").out.startswith("qmono 0.")
    python = str(Path(program).with_name("python"))
    done = subprocess.run([python, "-m", "qmono", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == qmono("--version").out


def test_unknown_names_get_a_suggestion(qmono: Run, delft: Path) -> None:
    for arguments, suggestion in [
        (["bel-test"], "bell-test"),
        (["bell-test", "--state", "ph+"], "phi+"),
        (["bell-test", "--backend", "aerr"], "aer"),
        (["tomography", delft, "--target", "gzh:3"], "ghz"),
        (["tomography", delft, "--estimator", "mlee"], "mle"),
        (["bell-test", delft, "--format", "jsn"], "json"),
        (["bell-test", delft, "--input-format", "qmon"], "qmono"),
        (["bell-test", "--noise", "depolarising=0.1"], "depolarizing"),
    ]:
        done = qmono(*arguments)
        assert done.code == 2, done.err
        assert f"did you mean '{suggestion}'" in done.err
        assert len(done.err.splitlines()) == 1
