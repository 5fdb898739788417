"""Every option that more than one command has, defined once: one flag, one meaning.

Options that belong together are a group; a command takes a group as one parameter (see `groups.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer


def _option(*names: str, help: str, metavar: str | None = None) -> typer.models.OptionInfo:  # noqa: A002
    """An option that also listens to its QMONO_* variable."""
    long_name = next(name for name in names if name.startswith("--"))
    variable = "QMONO_" + long_name.removeprefix("--").replace("-", "_").upper()
    info: typer.models.OptionInfo = typer.Option(
        *names, help=help, metavar=metavar, envvar=variable, show_envvar=False
    )
    return info


Level = Annotated[float, _option("--level", help="Confidence level of each one-sided limit.")]
Seed = Annotated[
    int | None, _option("--seed", help="Seed of everything random; the same seed gives the same bytes.")
]
Target = Annotated[
    str | None,
    _option("--target", metavar="STATE", help="Fidelity to this state: a name, a file, or best-bell."),
]
Signs = Annotated[
    str | None,
    _option(
        "--signs", metavar="SSSS", help="The four CHSH signs of S = s00 E00 + s01 E01 + s10 E10 + s11 E11."
    ),
]
Design = Annotated[
    str | None,
    _option("--design", metavar="NAME", help="How settings were chosen: random (per trial) or fixed-blocks."),
]
Inequality = Annotated[
    str,
    _option("--inequality", metavar="NAME", help="Bell inequality of the catalogue, or a .json file."),
]
Qubits = Annotated[
    int | None, _option("--qubits", metavar="N", help="Parties of mermin, mabk and svetlichny.")
]
SettingsPerSide = Annotated[
    int | None, _option("--settings-per-side", metavar="N", help="Settings per side of chained.")
]
Tilt = Annotated[float | None, _option("--tilt", metavar="A", help="alpha of tilted CHSH.")]

RngBias = Annotated[
    float,
    _option(
        "--rng-bias",
        metavar="EPS",
        help="Random settings: each side's bit has a probability between (1-EPS)/2 and (1+EPS)/2.",
    ),
]
Statistic = Annotated[
    str | None,
    _option(
        "--statistic",
        metavar="NAME",
        help="What p is made of: wins (default), betting (any stop), clicks (no-click data) or ratio.",
    ),
]
Train = Annotated[
    str | None, _option("--train", metavar="FILE", help="Counts that only train --statistic ratio.")
]
Certificates = Annotated[
    str,
    _option(
        "--certificates",
        metavar="WHICH",
        help="What the lower limit of S proves: usual (of the state), all (also of outcomes and keys), none.",
    ),
]
Qber = Annotated[
    float | None, _option("--qber", metavar="Q", help="Error rate of the key rounds, for the key rate.")
]
Until = Annotated[
    str | None,
    _option("--until", metavar="WORD", help="Stop a run once bets have shown it: violated, or decided."),
]
MaxShots = Annotated[
    int | None, _option("--max-shots", metavar="N", help="Shots in all that --until may take.")
]
PlanOnly = Annotated[bool, _option("--plan", help="Measure nothing: how many trials would each design need?")]
Visibility = Annotated[float, _option("--visibility", metavar="V", help="Of the pair planned for.")]
PValue = Annotated[float, _option("--p-value", metavar="P", help="The p value planned for.")]
Efficiency = Annotated[
    float, _option("--efficiency", metavar="ETA", help="Of detection, planned for on both sides.")
]
Follow = Annotated[
    Path | None,
    _option("--follow", metavar="FILE", help="Judge a growing file of single trials (CSV) as it is written."),
]
Patience = Annotated[
    float, _option("--patience", metavar="S", help="Seconds without a new trial that end --follow.")
]
Wins = Annotated[
    int | None, _option("--wins", metavar="W", help="Judge W wins of --trials N, without any counts.")
]
Trials = Annotated[int | None, _option("--trials", metavar="N", help="Trials that --wins are of.")]
Daily = Annotated[
    bool,
    _option("--daily", help="CHSH: correlators, marginals, visibilities, QBER; what --state would allow."),
]
Scan = Annotated[
    int | None, _option("--scan", metavar="N", help="CHSH with Bob's directions turned to N angles.")
]

State = Annotated[
    str,
    _option("--state", metavar="STATE", help="State to prepare: a name, a state file or an OpenQASM 3 file."),
]
Shots = Annotated[int, _option("--shots", metavar="N", help="Shots per setting.")]
Rounds = Annotated[int, _option("--rounds", metavar="N", help="Interleaved rounds the shots are split into.")]
Backend = Annotated[str, _option("--backend", metavar="NAME", help="Where to run; see qmono catalogue.")]
Noise = Annotated[
    str | None,
    _option("--noise", metavar="SPEC", help="Simulated noise, such as depolarizing=0.02,readout=0.01."),
]
SaveCounts = Annotated[
    Path | None,
    _option("--save-counts", metavar="FILE", help="Keep what was measured (.json or .npz), round by round."),
]

Minimum = Annotated[
    list[str] | None, _option("--min", metavar="METRIC=X", help="Require METRIC >= X on its proven limit.")
]
Maximum = Annotated[
    list[str] | None, _option("--max", metavar="METRIC=X", help="Require METRIC <= X on its proven limit.")
]
Require = Annotated[
    list[str] | None,
    _option(
        "--require",
        metavar="EXPR",
        help="'METRIC >= X' (> <= <), 'verdict == WORD' or check:NAME; repeatable.",
    ),
]
Accept = Annotated[
    list[str] | None,
    _option("--accept", metavar="NAME", help="Judge all the same although this check failed; or indicative."),
]
OnInconclusive = Annotated[
    str,
    _option(
        "--on-inconclusive", metavar="WHAT", help="What an inconclusive requirement does: fail, warn, pass."
    ),
]

Format = Annotated[
    str,
    _option(
        "--format",
        "-f",
        metavar="NAME",
        help="What standard output gets: console, json, markdown, junit, github, openmetrics, csv.",
    ),
]
ReportTo = Annotated[
    list[str] | None,
    _option("--report", metavar="NAME=PATH", help="Write a further copy in this format; repeatable."),
]
Quiet = Annotated[bool, _option("--quiet", "-q", help="Only the headline and the requirements.")]
Verbose = Annotated[bool, _option("--verbose", "-v", help="Everything the report holds.")]

InputFormat = Annotated[
    str | None, _option("--input-format", metavar="NAME", help="Format of the counts; sniffed by default.")
]
BitOrder = Annotated[
    str | None,
    _option(
        "--bit-order", metavar="ORDER", help="Outcome strings: qubit0-first (cirq) or qubit0-last (qiskit)."
    ),
]
SettingOrder = Annotated[
    str | None,
    _option(
        "--setting-order", metavar="ORDER", help="Setting labels: qubit0-first (default) or qubit0-last."
    ),
]
Column = Annotated[
    str | None,
    _option("--column", metavar="NAME", help="Of a Pauli expectation file: raw (default) or corrected."),
]
MeanOf = Annotated[
    int | None,
    _option("--mean-of", metavar="N", help="The numbers are averages of N repeats: multiply back."),
]

NoClick = Annotated[
    str | None,
    _option(
        "--no-click",
        metavar="WHAT",
        help="Trials without a click in a file of single trials: assign -1 (default) or drop.",
    ),
]


@dataclass(frozen=True)
class Demands:
    """What is required of a report."""

    minimum: Minimum = None
    maximum: Maximum = None
    require: Require = None
    accept: Accept = None
    on_inconclusive: OnInconclusive = "fail"


@dataclass(frozen=True)
class Outlets:
    """Where a report goes."""

    format: Format = "console"
    report: ReportTo = None
    quiet: Quiet = False
    verbose: Verbose = False


@dataclass(frozen=True)
class Evidence:
    """What the p value of a Bell test is made of."""

    rng_bias: RngBias = 0.0
    statistic: Statistic = None
    train: Train = None
    certificates: Certificates = "usual"
    qber: Qber = None


@dataclass(frozen=True)
class Expression:
    """Which Bell inequality, and what is shown beside its value."""

    inequality: Inequality = "chsh"
    qubits: Qubits = None
    settings_per_side: SettingsPerSide = None
    tilt: Tilt = None
    daily: Daily = False
    scan: Scan = None


@dataclass(frozen=True)
class Stopping:
    """When a run of a Bell test may end early."""

    until: Until = None
    max_shots: MaxShots = None
    follow: Follow = None
    patience: Patience = 10.0


@dataclass(frozen=True)
class Planning:
    """What a plan of a Bell test is made for."""

    plan: PlanOnly = False
    visibility: Visibility = 1.0
    p_value: PValue = 1e-6
    efficiency: Efficiency = 1.0


@dataclass(frozen=True)
class Run:
    """What a live run prepares, and where it is measured."""

    state: State = "phi+"
    shots: Shots = 1000
    rounds: Rounds = 4
    backend: Backend = "aer"
    noise: Noise = None
    save_counts: SaveCounts = None


@dataclass(frozen=True)
class Reading:
    """How files of counts are read."""

    input_format: InputFormat = None
    bit_order: BitOrder = None
    setting_order: SettingOrder = None
    column: Column = None
    mean_of: MeanOf = None
    no_click: NoClick = None


@dataclass(frozen=True)
class SuiteRun:
    """How a suite is run."""

    check: Annotated[
        bool, typer.Option("--check", help="Suite: what can its shots decide? Nothing is measured.")
    ] = False
    selftest: Annotated[
        bool, typer.Option("--selftest", help="Suite: does a product state fail it? Nothing is measured.")
    ] = False
    resume: Annotated[
        bool, _option("--resume", help="Suite: go on where it stopped; keep what is finished.")
    ] = False
    only: Annotated[
        list[str] | None,
        _option("--only", metavar="NAME", help="Suite: run these entries (* ? match); repeatable."),
    ] = None
    add_shots: Annotated[
        int | None,
        typer.Option(
            "--add-shots",
            metavar="N",
            min=1,
            help="Suite: with --resume, N more shots a setting, if the suite planned looks for it.",
        ),
    ] = None
    results: Annotated[
        Path | None,
        _option("--results", metavar="DIR", help="Suite: where finished entries are kept."),
    ] = None
    baseline: Annotated[
        Path | None,
        _option("--baseline", metavar="REPORT", help="Suite: an earlier report of it; what changed since?"),
    ] = None
