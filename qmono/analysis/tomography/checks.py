"""The checks of a tomography report: a sentence each, the size of the effect, what a failure voids."""

from __future__ import annotations

from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.analysis.tomography.models import Models, calibration_check
from qmono.analysis.tomography.statistical_tests import FAIL_BELOW, Tests
from qmono.core.counts import CountsTable
from qmono.core.metric import Metric
from qmono.core.report import Check
from qmono.quantum.checks import Homogeneity
from qmono.quantum.fidelity.direct import NO_GUARANTEE, NO_SHOT_NOISE
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.fidelity.local_frames import best_rotated_fidelity
from qmono.quantum.measures.fully_entangled_fraction import fully_entangled_fraction
from qmono.quantum.measures.purity import purity
from qmono.quantum.tomography.diagnosis.order_readings import OrderReadings, order_readings

ROTATED = 0.05
"""Gain of fidelity by a local rotation that is pointed out."""
FRAME_UP_TO_QUBITS = 6
"""Up to this size the best local rotations are searched for."""
ORDER_UP_TO_QUBITS = 6
"""Both readings of the order are compared up to this size, unless the fit is bad."""


def make_checks(
    table: CountsTable,
    goal: Goal,
    fits: Fits,
    tests: Tests,
    models: Models,
    *,
    metrics: list[Metric],
    on_fit: tuple[str, ...],
) -> tuple[Check, ...]:
    """Every check that applies; `on_fit` names the metrics that a failed fit takes away."""
    everything = tuple(metric.name for metric in metrics)
    found = [
        _values(table, everything),
        _goodness(fits, tests, on_fit),
        _gap(fits, tests, on_fit),
        _agreement(tests, on_fit),
        _homogeneous("no-signalling", tests.marginals, tests, on_fit),
        _homogeneous("drift", tests.drift, tests, on_fit),
        _order(table, fits, on_fit if table.n_qubits == 2 else everything),
        _frame(goal, fits),
        calibration_check(table, models),
    ]
    return tuple(check for check in found if check is not None)


def _values(table: CountsTable, everything: tuple[str, ...]) -> Check | None:
    if table.values == "corrected":
        message = f"{NO_GUARANTEE}; the state is the nearest physical one to the corrected values"
        return Check("values", "fail", message, voids=everything)
    if table.values == "averages":
        return Check("values", "warn", NO_SHOT_NOISE, voids=everything)
    return None


def _goodness(fits: Fits, tests: Tests, on_fit: tuple[str, ...]) -> Check | None:
    found = fits.goodness
    if found is None:
        return None
    if found.p_low is None or found.p_high is None:
        return Check("goodness-of-fit", "no-data", found.reason or "nothing is left to test", voids=on_fit)
    status = tests.status["goodness-of-fit"]
    span = _bracket(found.p_low, found.p_high)
    if tests.bootstrap is not None:
        span += f", {tests.bootstrap.p_value:.2g} by {tests.bootstrap.resamples} resamples"
    effect = f"{found.dispersion or 0:.2g} times the deviance of shot noise"
    if tests.misfits and tests.misfit is not None:
        effect += f"; could move F by {tests.misfit.most:.2g}, as it is by {tests.misfit.net:+.2g}"
    message = {
        "pass": f"p {span}",
        "warn": f"a state may not explain the counts: p {span}",
        "no-data": f"the bracket cannot tell (--gof bootstrap may): p {span}",
        "fail": f"no state explains the counts: p {span}; worst rows {_worst(fits)}",
    }[status]
    return Check("goodness-of-fit", status, message, found.p_high, effect, on_fit)


def _bracket(low: float, high: float) -> str:
    return (
        f"between {low:.1g} and {high:.1g}" if high > FAIL_BELOW / 100 else f"below {max(high, 1e-300):.0e}"
    )


def _worst(fits: Fits) -> str:
    rows = fits.goodness.residuals[:3] if fits.goodness is not None else ()
    return ", ".join(row.label for row in rows)


def _gap(fits: Fits, tests: Tests, on_fit: tuple[str, ...]) -> Check | None:
    gap = fits.main.likelihood_gap
    if fits.likelihood is None or gap is None:
        return None
    status = tests.status["likelihood-gap"]
    steps = f"{fits.main.iterations} steps"
    message = f"within {_significant(gap)} nat of the best likelihood, proven"
    if status == "fail":
        message = f"the fit stopped after {steps} with {_significant(gap)} nat unproven"
    return Check("likelihood-gap", status, message, effect=steps, voids=on_fit)


def _significant(number: float) -> str:
    return f"{number:.2g}"


def _agreement(tests: Tests, on_fit: tuple[str, ...]) -> Check | None:
    found = tests.disagreement
    if found is None:
        return None
    status = tests.status["estimators-agree"]
    word = "agree" if status == "pass" else "disagree"
    message = f"direct and fitted fidelity {word}: they differ by {found.difference:+.3f}"
    return Check("estimators-agree", status, message, found.p_value, f"{found.difference:+.3f}", on_fit)


def _homogeneous(name: str, found: Homogeneity | None, tests: Tests, on_fit: tuple[str, ...]) -> Check | None:
    if found is None:
        return None
    status = tests.status[name]
    effect = f"largest shift {found.largest_shift:.3f}, {found.where}"
    message = {
        ("no-signalling", True): "no qubit's outcomes depend on what is measured on the others",
        ("no-signalling", False): "the outcomes of a qubit depend on what is measured on the others",
        ("drift", True): "the rounds agree",
        ("drift", False): "the counts change from round to round",
    }[name, status == "pass"]
    return Check(name, status, message, found.p_value, effect, on_fit)


def _order(table: CountsTable, fits: Fits, voids: tuple[str, ...]) -> Check | None:
    """Of a pair only the fit's numbers depend on the order: Bell fidelities read XX, YY and ZZ."""
    if fits.likelihood is None or fits.missing is not None or table.n_qubits > ORDER_UP_TO_QUBITS:
        return None
    found = order_readings(table, as_read=fits.likelihood)
    if found is None:
        return None
    if found.one_is_reversed:
        message = "outcomes and setting labels look reversed against each other: one of the orders is wrong"
        return Check("order", "fail", message, effect=_preference(-found.nats), voids=voids)
    return Check("order", "pass", _order_message(found), effect=_preference(found.nats))


def _preference(nats: float) -> str:
    """Two digits: the other reading is only fitted as far as the answer needs."""
    return f"{nats:.2g} nats" if abs(nats) < 1000 else "over 1,000 nats"


def _order_message(found: OrderReadings) -> str:
    if abs(found.nats) < 3:
        return "the counts do not depend on reversing one of the orders; both reversed cannot be noticed"
    return "outcomes and labels agree with each other; both reversed cannot be noticed"


def _frame(goal: Goal, fits: Fits) -> Check | None:
    """How much of a low fidelity is only a rotation of single qubits; never judged."""
    target = goal.target
    if target is None or target.psi is None or fits.missing is not None:
        return None
    if not 2 <= target.n_qubits <= FRAME_UP_TO_QUBITS:
        return None
    now = fidelity_to(fits.rho, target)
    if target.n_qubits == 2 and fully_entangled_fraction(target.rho) > 1 - 1e-9:
        best, found = fully_entangled_fraction(fits.rho), "the best local rotation would give"
    else:
        best, found = best_rotated_fidelity(fits.rho, target.psi), "local rotations would give"
    message = f"{found} {best:.3f}"
    if best - now > ROTATED:
        message += f" (now {now:.3f}, purity {purity(fits.rho):.3f}): look at the axes or a local phase"
    return Check("frame", "pass", message, effect=f"{best - now:+.3f}")
