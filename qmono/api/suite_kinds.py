"""What an entry of a suite can measure: each kind knows how to run, analyse and plan an entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qmono.api.bell import bell_test, measure_bell
from qmono.api.context import Context
from qmono.api.estimation import measure_tomography, tomography
from qmono.api.fidelity import fidelity, measure_fidelity
from qmono.api.sharing import monogamy
from qmono.core.counts import CountsTable
from qmono.core.registry import Entry, Registry
from qmono.core.report import Report
from qmono.errors import UsageError
from qmono.gate.suite import SuiteEntry

OnRound = Callable[[CountsTable], None]

KINDS = Registry(
    "suite measurement",
    [
        Entry("bell-test", "qmono.api.suite_kinds:BELL_TEST", "CHSH test of a pair"),
        Entry("tomography", "qmono.api.suite_kinds:TOMOGRAPHY", "state and its entanglement"),
        Entry("fidelity", "qmono.api.suite_kinds:FIDELITY", "fidelity to a target, in few settings"),
        Entry("monogamy", "qmono.api.suite_kinds:MONOGAMY", "residuals of a joint tomography"),
    ],
)


@dataclass(frozen=True)
class SuiteKind:
    """One kind of measurement.

    report: the kind of its reports. analyse(counts, entry, level, seed, context): the judged report.
    measure(entry, level, seed, on_round): counts from the backend; level: of the limits that stop a run.
    """

    report: str
    analyse: Callable[[CountsTable, SuiteEntry, float, int, Context], Report]
    measure: Callable[[SuiteEntry, float, int, OnRound | None], CountsTable]


def _bell_test(counts: CountsTable, entry: SuiteEntry, level: float, seed: int, context: Context) -> Report:
    return bell_test(
        counts,
        signs=entry.signs,
        design=entry.design,
        level=level,
        require=entry.require,
        accept=entry.accept,
        context=context,
    )


def _measure_bell(entry: SuiteEntry, level: float, seed: int, on_round: OnRound | None) -> CountsTable:
    return measure_bell(
        entry.state or "phi+",
        shots=entry.shots,
        rounds=entry.rounds,
        seed=seed,
        backend=entry.backend,
        noise=entry.noise,
        on_round=on_round,
    )


def _tomography(counts: CountsTable, entry: SuiteEntry, level: float, seed: int, context: Context) -> Report:
    return tomography(
        counts,
        target=entry.target or entry.state,
        level=level,
        estimator=entry.estimator,
        seed=seed,
        require=entry.require,
        accept=entry.accept,
        context=context,
    )


def _measure_paulis(entry: SuiteEntry, level: float, seed: int, on_round: OnRound | None) -> CountsTable:
    return measure_tomography(
        entry.state or "phi+",
        shots=entry.shots,
        rounds=entry.rounds,
        seed=seed,
        backend=entry.backend,
        noise=entry.noise,
        on_round=on_round,
    )


def _fidelity(counts: CountsTable, entry: SuiteEntry, level: float, seed: int, context: Context) -> Report:
    target = entry.target or entry.state
    if target is None:
        raise UsageError("a fidelity needs a target")
    return fidelity(
        counts,
        target=target,
        protocol=entry.protocol,
        level=level,
        require=entry.require,
        accept=entry.accept,
        context=context,
    )


def _measure_fidelity(entry: SuiteEntry, level: float, seed: int, on_round: OnRound | None) -> CountsTable:
    return measure_fidelity(
        entry.state or "phi+",
        target=entry.target,
        protocol=entry.protocol,
        shots=entry.shots,
        level=level,
        until=entry.require if entry.until else None,
        max_shots=entry.max_shots,
        rounds=entry.rounds,
        seed=seed,
        backend=entry.backend,
        noise=entry.noise,
        on_round=on_round,
    )


def _monogamy(counts: CountsTable, entry: SuiteEntry, level: float, seed: int, context: Context) -> Report:
    return monogamy(
        counts, level=level, seed=seed, require=entry.require, accept=entry.accept, context=context
    )


BELL_TEST = SuiteKind("bell-test", _bell_test, _measure_bell)
TOMOGRAPHY = SuiteKind("tomography", _tomography, _measure_paulis)
FIDELITY = SuiteKind("fidelity", _fidelity, _measure_fidelity)
MONOGAMY = SuiteKind("monogamy", _monogamy, _measure_paulis)


def kind_of(entry: SuiteEntry) -> SuiteKind:
    """The kind of an entry; UsageError if there is none of that name."""
    kind: SuiteKind = KINDS.load(entry.measure)
    return kind
