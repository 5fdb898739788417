"""Residuals of qubits that were measured together: what each shares beyond its pairs.

A density matrix cannot break monogamy, so the verdict is a theorem; what can be wrong is that no state
explains the data. `residual` has its value from the joint fit (never negative); `concurrence`, `tangle_sum`
and `one_tangle` are those of the pairs' and the qubit's own pooled counts, whose limits need no joint fit.

Levels. At each qubit the error 1 - level is shared equally by its n - 1 pairs and its one-tangle, so
`tangle_sum` and `residual` of a qubit hold at `level`, and the numbers they are made of at more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

from qmono.analysis.monogamy.checks import calibration_check, fit_check, gap_check, source_of, values_check
from qmono.analysis.monogamy.hubs import Judgement, headroom_metric
from qmono.analysis.monogamy.left_for_others import (
    extendibility,
    one_sided_sentences,
    third_party_metric,
)
from qmono.analysis.monogamy.links import (
    FAILED_FIT,
    NO_LIMITS,
    Link,
    has_failed,
    measure_link,
)
from qmono.analysis.monogamy.one_tangle import one_tangle_metric
from qmono.analysis.monogamy.records import Pair
from qmono.analysis.monogamy.residuals import NOT_DETERMINED, residual_metric, tangle_sum_metric
from qmono.core.counts import CountsTable
from qmono.core.metric import Metric, missing
from qmono.core.report import Note, Report, Section, trust_of
from qmono.errors import UsageError
from qmono.quantum.measures.measure import pair_index
from qmono.quantum.monogamy import ckw, star
from qmono.quantum.tomography.diagnosis.goodness_of_fit import GoodnessOfFit, goodness_of_fit
from qmono.quantum.tomography.diagnosis.identifiability import is_complete
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.fit.pls import estimate_pls
from qmono.quantum.tomography.marginals import marginal_table


@dataclass(frozen=True)
class _Fit:
    """The joint fit; state is None where the rows do not determine it."""

    state: StateEstimate | None
    test: GoodnessOfFit | None


def report_on_joint(table: CountsTable, *, level: float, gap: float) -> Report:
    """The report; see `qmono.analysis.monogamy.reports.analyse_joint`."""
    n = table.n_qubits
    if n < 3:
        raise UsageError(
            f"monogamy needs counts of two qubits or more, these have {n}; separate pairs: --pair I,J=FILE"
        )
    table = _without_rounds(table)
    fit = _joint_fit(table, gap)
    error = (1 - level) / n
    links = {pair: _link(table, pair, error, level) for pair in combinations(range(n), 2)}
    pairs = {pair: _pair_metrics(pair, link) for pair, link in links.items()}
    qubits = [_qubit_metrics(table, qubit, pairs, fit, error=error, level=level) for qubit in range(n)]
    left = [_left_over(qubit, links, level) for qubit in range(n)]
    tables = {"the counts": table}
    checks = (
        fit_check({"the joint fit": fit.test}, voids=("residual",)),
        gap_check(fit.state),
        values_check(tables),
        calibration_check(tables),
    )
    verdict, why = _verdict(table, fit)
    return Report(
        kind="monogamy",
        title=why,
        verdict=verdict,
        trust=trust_of(checks),
        source=source_of([table]),
        metrics=(
            *(metric for column in zip(*qubits, strict=True) for metric in column),
            *(metric for column in zip(*pairs.values(), strict=True) for metric in column),
            *(metric for column in zip(*left, strict=True) for metric in column),
        ),
        checks=checks,
        sections=_notes(verdict, [link for link in links.values() if not isinstance(link, str)]),
        payload={
            "joint_level_per_qubit": level,
            "relation": ckw.RELATION.statement,
            "not_extendible_to": {
                pair_index(pair): None if isinstance(link, str) else link.copies.excluded
                for pair, link in links.items()
            },
        },
    )


def _without_rounds(table: CountsTable) -> CountsTable:
    """The same counts, not split by time: marginals then have less to add up."""
    rows = table.settings
    return table if rows is None else replace(table, settings=replace(rows, rounds=None))


def _joint_fit(table: CountsTable, gap: float) -> _Fit:
    if not is_complete(table):
        return _Fit(None, None)
    if table.values == "corrected":
        return _Fit(estimate_pls(table), None)
    state = estimate_mle(table, gap=gap)
    return _Fit(state, goodness_of_fit(table, state))


def _verdict(table: CountsTable, fit: _Fit) -> tuple[str, str]:
    if table.values != "counts":
        return "inconclusive", f"no joint state can be tested on these numbers ({NO_LIMITS[table.values]})"
    if fit.state is None:
        return "inconclusive", NOT_DETERMINED
    if has_failed(fit.test, 1):
        return "inconclusive", "no joint state explains these counts: the failed fit is the alarm"
    return "satisfied", f"by theorem: a joint state of {table.n_qubits} qubits cannot violate monogamy"


def _link(table: CountsTable, pair: Pair, error: float, level: float) -> Link | str:
    """A pair by its own pooled counts, or why there are none."""
    try:
        own = marginal_table(table, pair)
    except UsageError as problem:
        return str(problem)
    return measure_link(pair, own, error=error, level=level, files=comb(table.n_qubits, 2))


def _pair_metrics(pair: Pair, link: Link | str) -> tuple[Metric, Metric, Metric, Metric]:
    """Fidelity, concurrence, tangle and extendibility of a pair."""
    if isinstance(link, str):
        names = ("fidelity", "concurrence", "tangle", "extendibility")
        first, second, third, fourth = (missing(f"{name}[{pair_index(pair)}]", link) for name in names)
        return first, second, third, fourth
    return link.fidelity, link.concurrence, link.tangle, extendibility(link)


def _left_over(qubit: int, links: dict[Pair, Link | str], level: float) -> tuple[Metric, Metric]:
    """`budget_headroom` and `third_party_fidelity` of a qubit: what its pairs leave for somebody outside."""
    here = [link for pair, link in links.items() if qubit in pair]
    known = [link for link in here if not isinstance(link, str)]
    if len(known) < len(here):
        reason = next(link for link in here if isinstance(link, str))
        return missing(f"budget_headroom[{qubit}]", reason), missing(f"third_party_fidelity[{qubit}]", reason)
    fidelities = Judgement(star.RELATION, tuple(link.fidelity for link in known))
    return headroom_metric(qubit, fidelities, level), third_party_metric(qubit, known, level)


def _qubit_metrics(
    table: CountsTable,
    qubit: int,
    pairs: dict[Pair, tuple[Metric, Metric, Metric, Metric]],
    fit: _Fit,
    *,
    error: float,
    level: float,
) -> tuple[Metric, Metric, Metric]:
    """`residual`, `one_tangle` and `tangle_sum` of a qubit."""
    tangles = [tangle for pair, (_, _, tangle, _) in pairs.items() if qubit in pair]
    total = tangle_sum_metric(qubit, tangles, level)
    one = one_tangle_metric(table, qubit, error=error, level=level)
    return residual_metric(qubit, one, total, fit.state, level), one, total


def _notes(verdict: str, links: list[Link]) -> tuple[Section, ...]:
    read = (
        "residual: what a qubit shares beyond its pairs; exact for pure states, else at most",
        "residual is of the joint fit; one-tangle and pairs are of their own pooled counts",
        "residual at least: rests on the fit, so it is indicative unless it is 0",
    )
    flips = "counts that one joint state explains would make it satisfied"
    if verdict == "satisfied":
        flips = f"the joint fit fails (p below {FAILED_FIT:g}): the theorem then speaks of no measured state"
    assumed = "every qubit is a two-level system"
    copies = one_sided_sentences(links)
    notes = (("how to read", read), ("extensions", copies), ("flips if", (flips,)), ("assumed", (assumed,)))
    return tuple(Note(title, lines) for title, lines in notes if lines)
