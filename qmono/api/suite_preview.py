"""Suites before any shot is spent: what their shots can decide, and whether a product state fails them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from qmono.api.context import Context
from qmono.api.files import read_state
from qmono.api.judging import requirements
from qmono.api.suite_kinds import kind_of
from qmono.api.suite_run import saved_counts
from qmono.core.counts import CountsTable
from qmono.core.report import Note, Report, RequirementResult, Table
from qmono.errors import QmonoError, UsageError
from qmono.gate.requirement import MetricRequirement
from qmono.gate.suite import Suite, SuiteEntry, entry_seed

if TYPE_CHECKING:
    from qmono.analysis.power import Power
    from qmono.quantum.states import State

SIMULATOR = "statevector"
PRODUCT_LETTERS = "01+-rl"
MOST_QUBITS_SEARCHED = 5
"""Up to this size the product of eigenstates of X, Y, Z nearest to the target is searched for."""


def check_suite(suite: Suite, seed: int) -> Report:
    """What the shots of a suite can decide: the probability to pass, for true values around each threshold.

    A requirement that even the ideal state would not pass is inconclusive. Only simulators run.
    """
    results: list[RequirementResult] = []
    predicted: list[Prediction] = []
    unknown: list[str] = []
    for entry in suite.entries:
        try:
            if entry.counts is not None:
                told = f"saved counts can be read, {saved_counts(entry).total:.0f} in all: nothing to plan"
                results += [_named(entry, text, "pass", told) for text in entry.require]
                continue
            table, ideal = _ideal(suite, entry, seed)
        except QmonoError as problem:
            results += [_named(entry, text, "no-data", str(problem)) for text in entry.require]
            continue
        for result in ideal.requirements:
            can = result.status == "pass"
            reason = "passes on the ideal state" if can else _cannot(result)
            results.append(_named(entry, result.expression, "pass" if can else "inconclusive", reason))
            found = _power(entry, ideal, table, result.expression, entry_seed(seed, entry.name, 2))
            predicted += [Prediction(entry.name, result.expression, tuple(found))] if found else []
            if not found and not result.expression.startswith(("verdict", "check")):
                unknown.append(f"{entry.name}: no prediction for {result.expression}")
    undecidable = [result for result in results if result.status != "pass"]
    title = (
        f"{len(undecidable)} of {len(results)} requirements cannot pass with their shots"
        if undecidable
        else f"all {len(results)} requirements can pass with their shots"
    )
    sections: list[Table | Note] = [_table(prediction) for prediction in predicted]
    if predicted:
        sections.append(Note("assumed", ("white noise, independent shots; ~ simulated, without it exact",)))
    if unknown:
        sections.append(Note("not predicted", tuple(unknown)))
    verdict = "inconclusive" if undecidable else "passed"
    report = _report(suite, f"{title}, suite {suite.name}", verdict, results, sections)
    return replace(report, payload={**report.payload, "power": [asdict(item) for item in predicted]})


@dataclass(frozen=True)
class Prediction:
    """The probabilities of one requirement for several true values."""

    entry: str
    requirement: str
    powers: tuple[Power, ...]


def selftest_suite(suite: Suite, seed: int) -> Report:
    """Whether each entry refuses a product state, which has no entanglement at all.

    Saved counts are drawn anew for it, in the same settings. An entry that a product state passes tests
    nothing: it is refuted.
    """
    results: list[RequirementResult] = []
    for entry in suite.entries:
        try:
            results.append(_selftested(suite, entry, seed))
        except QmonoError as problem:
            results.append(_named(entry, SELFTEST, "no-data", str(problem)))
    caught = sum(result.status == "pass" for result in results)
    title = f"product states fail {caught} of {len(results)} entries of suite {suite.name}"
    verdict = "passed" if caught == len(results) else "failed"
    return _report(suite, title, verdict, results, ())


SELFTEST = "a product state fails"


def _selftested(suite: Suite, entry: SuiteEntry, seed: int) -> RequirementResult:
    name, report = _of_product(suite, entry, seed)
    told = ", ".join(f"{result.expression} {_WORDS[result.status]}" for result in report.requirements)
    passed = all(result.status == "pass" for result in report.requirements)
    return _named(entry, SELFTEST, "fail" if passed else "pass", f"{name}: {told}")


def _of_product(suite: Suite, entry: SuiteEntry, seed: int) -> tuple[str, Report]:
    """Name of a product state near the target, and the report of an entry on it."""
    named = entry.target if entry.target not in (None, "best-bell") else entry.state
    if entry.counts is None:
        state = nearest_product(read_state(named or "phi+"))
        _, report = _ideal(suite, replace(entry, state=state, target=entry.target or entry.state), seed)
        return state, report
    table = saved_counts(entry)
    state, drawn = _saved_product(table, read_state(named) if named else None, seed)
    return state, kind_of(entry).analyse(drawn, entry, suite.look_level, seed, Context())


def _saved_product(table: CountsTable, target: State | None, seed: int) -> tuple[str, CountsTable]:
    """Counts of a product state in the settings of a file; without bases every outcome is 0."""
    import numpy as np

    from qmono.quantum.tomography.diagnosis.resampling import redrawn

    rows = table.settings
    if rows is None:
        raise UsageError("the counts have no complete settings that a product state could be drawn in")
    if rows.directions is None:
        counts = np.zeros_like(rows.counts)
        counts[:, 0] = rows.totals
        return "outcome 0 always", replace(table, settings=replace(rows, counts=counts, rounds=None))
    state = nearest_product(target) if target else f"product:{'0' * table.n_qubits}"
    rng = np.random.default_rng(seed)
    return state, replace(redrawn(table, read_state(state).rho, rng), source="simulated")


_WORDS = {"pass": "passes", "fail": "refuted", "inconclusive": "inconclusive", "no-data": "without data"}


def nearest_product(target: State) -> str:
    """Name of the product of eigenstates of X, Y, Z with the largest fidelity to the target.

    Beyond MOST_QUBITS_SEARCHED only those of Z are tried.
    """
    import numpy as np

    from qmono.quantum.states import named_state

    letters = PRODUCT_LETTERS if target.n_qubits <= MOST_QUBITS_SEARCHED else "01"
    if letters == "01":
        weights = np.abs(target.psi) ** 2 if target.psi is not None else np.diag(target.rho).real
        return f"product:{int(np.argmax(weights)):0{target.n_qubits}b}"

    def overlap(name: str) -> float:
        psi = named_state(name).psi
        return 0.0 if psi is None else float((psi.conj() @ target.rho @ psi).real)

    names = ["product:" + "".join(word) for word in product(letters, repeat=target.n_qubits)]
    return max(names, key=lambda name: round(overlap(name), 9))


def _ideal(suite: Suite, entry: SuiteEntry, seed: int) -> tuple[CountsTable, Report]:
    """Counts and judged report of an entry on a noiseless simulator."""
    clean = replace(entry, backend=SIMULATOR, noise=None)
    kind = kind_of(entry)
    table = kind.measure(clean, suite.stopping_level, entry_seed(seed, entry.name, 1), None)
    return table, kind.analyse(table, clean, suite.look_level, seed, Context())


def _power(
    entry: SuiteEntry, ideal: Report, table: CountsTable, expression: str, seed: int
) -> Sequence[Power]:
    import numpy as np

    from qmono.analysis.power import power

    (requirement,) = requirements(ideal.kind, [expression])
    if not isinstance(requirement, MetricRequirement) or entry.target == "best-bell":
        return ()
    target = read_state(entry.target or entry.state or "phi+")
    return power(ideal, table, target, requirement, np.random.default_rng(seed))


def _table(prediction: Prediction) -> Table:
    mark = "~" if prediction.powers[0].draws else ""
    rows = [
        (power.value, mark + _percent(power.passes), mark + _percent(power.refuted))
        for power in prediction.powers
    ]
    title = f"{prediction.entry}: {prediction.requirement}"
    return Table(title, ("true value", "passes", "refuted"), tuple(rows))


def _percent(p: float) -> str:
    if 0 < p < 0.001:
        return "< 0.1 %"
    return "> 99.9 %" if 0.999 < p < 1 else f"{100 * p:.2g} %" if p < 0.995 else f"{100 * p:.3g} %"


def _cannot(result: RequirementResult) -> str:
    why = f": {result.reason}" if result.reason else ""
    if result.limit is not None and result.margin is not None and result.reason is None:
        why = f": its limit would be {result.limit:.4g}, {abs(result.margin):.2g} short"
    return f"even the ideal state does not pass{why}"


def _named(entry: SuiteEntry, text: str, status: str, reason: str) -> RequirementResult:
    return RequirementResult(f"{entry.name}: {text}", status, None, None, reason)  # type: ignore[arg-type]


def _report(
    suite: Suite,
    title: str,
    verdict: str,
    results: Sequence[RequirementResult],
    sections: Sequence[Table | Note],
) -> Report:
    return Report(
        kind="suite",
        title=title,
        verdict=verdict if results else "no-data",
        trust="ok",
        source="simulated",
        metrics=(),
        requirements=tuple(results),
        sections=tuple(sections),
        payload={"suite": suite.name, "level": suite.level, "looks": suite.looks, "entries": []},
    )
