"""What a tomography report shows and hands on besides its numbers: headline, tables, notes, payload."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10

import numpy as np

from qmono.analysis.tomography.entanglement import Pair, best_bell_of
from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.analysis.tomography.misfit import Misfit
from qmono.analysis.tomography.statistical_tests import Tests
from qmono.core.counts import CountsTable
from qmono.core.metric import Metric
from qmono.core.report import MatrixSection, Note, Section, Table
from qmono.quantum.fidelity.direct import DirectFidelity
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.measures.purity import purity
from qmono.quantum.tomography.diagnosis.goodness_of_fit import GoodnessOfFit
from qmono.quantum.types import Matrix

MATRIX_UP_TO_QUBITS = 3
WORST_ROWS = 5

Metrics = Mapping[str, Metric]


def headline(table: CountsTable, goal: Goal, metrics: Metrics, verdict: str, level: float) -> str:
    """One line: the fidelity to the target, or the entanglement proven, or what is missing."""
    percent = f"{100 * level:g} %"
    fidelity = metrics.get("fidelity")
    if fidelity is not None and fidelity.value is not None and goal.target is not None:
        best = "best Bell state " if goal.chosen else ""
        text = f"fidelity to {best}{goal.target.name} {with_error(fidelity.value, fidelity.std_error)}"
        if fidelity.low is not None:
            kind = "" if fidelity.low.guarantee == "exact" else f", {fidelity.low.guarantee}"
            decimals = decimals_of(fidelity.std_error)
            return f"{text}, at least {floored(fidelity.low.value, decimals)} ({percent}{kind})"
        return f"{text}, {fidelity.reason or 'no limits'}"
    for name, label in (("concurrence", "concurrence"), ("negativity", "negativity")):
        found = [m for key, m in metrics.items() if key.partition("[")[0] == name and m.low is not None]
        best_metric = max(found, key=lambda metric: metric.low.value if metric.low else 0.0, default=None)
        if best_metric is not None and best_metric.low is not None and best_metric.low.value > 0:
            index = best_metric.name.removeprefix(name)
            return f"{label}{index} at least {floored(best_metric.low.value)} ({percent})"
    if verdict == "separable":
        return f"every state that the counts allow is separable ({percent})"
    return "no entanglement could be proven" if table.total else "there are no counts"


def with_error(value: float, std_error: float | None) -> str:
    """`0.934(6)`: the standard error in units of the last digit; three decimals where it is not known."""
    if not std_error:
        return f"{value:.3f}"
    decimals = decimals_of(std_error)
    return f"{value:.{decimals}f}({round(std_error * 10**decimals)})"


def decimals_of(std_error: float | None) -> int:
    """Decimals down to the first digit of the standard error, at least three."""
    return max(3, -floor(log10(std_error))) if std_error else 3


def floored(limit: float, decimals: int = 3) -> str:
    """A lower limit, never rounded up."""
    return f"{floor(limit * 10**decimals + 1e-9) / 10**decimals:.{decimals}f}"


def make_sections(
    table: CountsTable,
    goal: Goal,
    fits: Fits,
    tests: Tests,
    metrics: Metrics,
    *,
    pairs: list[Pair],
    from_fit: bool,
) -> tuple[Section, ...]:
    """Everything for people, the notes last."""
    sections: list[Section] = []
    if pairs:
        sections.append(_pairs(pairs))
    if fits.missing is None:
        sections += [_eigenvalues(fits), _estimators(goal, fits)]
        if table.n_qubits <= MATRIX_UP_TO_QUBITS:
            sections.append(_matrix(fits))
    if fits.goodness is not None and tests.misfits:
        sections.append(_worst_rows(fits.goodness, tests.misfit))
    if goal.direct is not None and goal.direct.value is not None:
        sections.append(Note("direct", (_shots(goal.direct),)))
    flips = _flips(metrics, from_fit)
    if flips:
        sections.append(Note("flips if", flips))
    sections.append(Note("assumed", _assumed(table, goal)))
    return tuple(sections)


def _worst_rows(goodness: GoodnessOfFit, misfit: Misfit | None) -> Table:
    """The rows that fit worst; the payload has all of them."""
    moved = dict(zip(misfit.rows, misfit.moved, strict=True)) if misfit is not None else {}
    rows = tuple(
        (row.label, row.deviance, row.degrees, moved.get(row.label, 0.0) if moved else None)
        for row in goodness.residuals[:WORST_ROWS]
    )
    return Table("rows that fit worst", ("row", "deviance", "degrees", "moves F by"), rows)


def _eigenvalues(fits: Fits) -> Table:
    """The largest: at least four, and at most sixteen that are visible."""
    values = eigenvalues_of(fits.rho)
    shown = min(16, max(4, sum(value > 5e-4 for value in values)))
    title = "eigenvalues" if shown == len(values) else f"eigenvalues, the largest {shown} of {len(values)}"
    return Table(title, ("", "eigenvalue"), tuple(enumerate(values[:shown])))


def eigenvalues_of(rho: Matrix) -> list[float]:
    """Falling; what rounding leaves of a zero is zero."""
    return [0.0 if abs(value) < 1e-12 else float(value) for value in np.linalg.eigvalsh(rho)[::-1]]


def _estimators(goal: Goal, fits: Fits) -> Table:
    """The numbers of the estimate used beside those of projected least squares."""
    states = {fits.main.estimator: fits.rho, "pls": fits.pls.rho}
    rows: list[tuple[str | float, ...]] = []
    if goal.target is not None:
        target = goal.target
        rows.append((f"fidelity to {target.name}", *(fidelity_to(rho, target) for rho in states.values())))
    rows.append(("purity", *(purity(rho) for rho in states.values())))
    smallest = (eigenvalues_of(rho)[-1] for rho in states.values())
    rows.append(("smallest eigenvalue", *smallest))
    return Table("estimators", ("", *states), tuple(rows))


def _pairs(pairs: list[Pair]) -> Table:
    rows = []
    for pair in pairs:
        name, value = best_bell_of(pair.rho) if pair.rho is not None else (None, None)
        low = pair.limits.low.value if pair.limits.low is not None else None
        rows.append(
            (pair.index, name, value, low, pair.limits.low.method if pair.limits.low else pair.reason)
        )
    columns = ("pair", "best Bell state", "its fidelity", "concurrence at least", "from")
    return Table("pairs, each from its own counts", columns, tuple(rows))


def _matrix(fits: Fits) -> MatrixSection:
    n = fits.main.n_qubits
    labels = tuple(f"{index:0{n}b}" for index in range(2**n))
    rows = tuple(tuple((float(z.real), float(z.imag)) for z in row) for row in fits.rho)
    return MatrixSection(f"density matrix ({fits.main.estimator})", labels, rows)


def _shots(direct: DirectFidelity) -> str:
    """Which shots make the direct fidelity: `"fidelity from XX YY ZZ, 2937 of 3072 pass"`."""
    if not direct.passes:
        return f"fidelity from {len(direct.settings)} rows, a weight for every outcome fixed beforehand"
    few = len(direct.settings) <= 4
    sources = " ".join(direct.settings) if few else f"{len(direct.settings)} sets of shots"
    return f"fidelity from {sources}, {sum(direct.passes):.9g} of {sum(direct.trials):.9g} pass"


def _flips(metrics: Metrics, from_fit: bool) -> tuple[str, ...]:
    """How large a bias would have to be to undo what was proven."""
    fidelity, concurrence = metrics.get("fidelity"), metrics.get("concurrence")
    if concurrence is not None and concurrence.low is not None and concurrence.low.value > 0:
        if from_fit:
            return (f"concurrence is biased high by more than {floored(concurrence.low.value)}",)
        margin = concurrence.low.value / 2
        if fidelity is not None and fidelity.low is not None and fidelity.low.guarantee == "exact":
            margin = max(margin, fidelity.low.value - 0.5)
        return (f"F is biased high by more than {floored(margin)}",)
    cuts = [
        m.low.value for name, m in metrics.items() if name.startswith("negativity[") and m.low is not None
    ]
    if cuts and max(cuts) > 0:
        return (f"negativity is biased high by more than {floored(max(cuts))}",)
    return ()


def _assumed(table: CountsTable, goal: Goal) -> tuple[str, ...]:
    lines = [f"shots independent and of one state; {_statistics(table)}"]
    origin = table.origin
    if origin is not None and (origin.bit_order or origin.setting_order):
        stated = "declared" if origin.declared else "assumed, not declared"
        orders = (
            f"outcomes {origin.bit_order or 'qubit0-first'}, labels {origin.setting_order or 'qubit0-first'}"
        )
        lines.append(f"{orders} ({stated})")
    if table.selection is not None:
        kept = f"{table.selection.kept} of {table.selection.kept + table.selection.dropped}"
        lines.append(f"{kept} trials kept ({table.selection.reason}): nothing is said about the others")
    if goal.chosen:
        lines.append("the Bell state was chosen from the data; its limits pay for that")
    return tuple(lines)


def _statistics(table: CountsTable) -> str:
    if table.values == "averages":
        return "averages, taken as weights"
    if table.values == "corrected":
        return "values corrected by somebody else"
    repeats = f", averages of {table.mean_of} multiplied back" if table.mean_of else ""
    return f"{'Poisson' if table.statistics == 'poisson' else 'multinomial'} counts{repeats}"
