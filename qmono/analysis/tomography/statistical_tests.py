"""What the data say against the fit or against themselves: p values, judged together, with effect sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

from scipy.special import erfc, ndtri

from qmono.analysis.tomography.bootstrap import BootstrapP, Resampling, bootstrap_fit_p, resamples_of
from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.analysis.tomography.misfit import Misfit, misfit_of
from qmono.core.counts import CountsTable
from qmono.core.report import CheckStatus
from qmono.quantum.checks import Homogeneity, drift, marginals
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.limits import holm
from qmono.quantum.tomography.diagnosis.goodness_of_fit import GoodnessOfFit

FAIL_BELOW = 1e-4
WARN_BELOW = 1e-2


@dataclass(frozen=True)
class Disagreement:
    """Direct fidelity less that of the fit, and a p value for it from the shot noise of the direct one."""

    difference: float
    p_value: float


@dataclass(frozen=True)
class Tests:
    """Results of the tests that could be made, and their status after Holm's correction.

    bootstrap: of the goodness of fit, where it was asked for, or its bracket decided nothing. misfit: if
    the fit is in doubt, how far the rows move the fidelity to the target away from that of the fit.
    """

    disagreement: Disagreement | None
    marginals: Homogeneity | None
    drift: Homogeneity | None
    status: dict[str, CheckStatus]
    bootstrap: BootstrapP | None = None
    misfit: Misfit | None = None

    @property
    def misfits(self) -> bool:
        """Whether the goodness of fit says that a state may not explain the counts."""
        return self.status.get("goodness-of-fit") in ("warn", "fail")

    @property
    def fit_holds(self) -> bool:
        """Whether nothing failed that takes the fit's own numbers away."""
        return "fail" not in self.status.values()


def run_tests(table: CountsTable, fits: Fits, goal: Goal, how: Resampling) -> Tests:
    """Test the fit, the agreement of both fidelities, the marginals and the rounds of a table."""
    if table.values != "counts" or table.total == 0:
        return Tests(None, None, None, {"likelihood-gap": _gap_status(fits)})
    disagreement = _disagreement(goal, fits)
    consistency = marginals(table.settings) if table.settings is not None and table.n_qubits > 1 else None
    rounds = drift(table.settings) if table.settings is not None else None
    goodness = fits.goodness
    found = {
        "goodness-of-fit": goodness.p_high if goodness is not None else None,
        "estimators-agree": disagreement.p_value if disagreement is not None else None,
        "no-signalling": consistency.p_value if consistency is not None else None,
        "drift": rounds.p_value if rounds is not None else None,
    }
    made = {name: p for name, p in found.items() if p is not None}
    adjusted = dict(zip(made, holm(list(made.values())), strict=True))
    status: dict[str, CheckStatus] = {name: judge(p) for name, p in adjusted.items()}
    bootstrap = None
    if goodness is not None and goodness.p_high is not None:
        passes = status["goodness-of-fit"] == "pass"
        bootstrap = _bootstrapped(table, fits, goodness, how, undecided=passes and _straddles(goodness))
        if bootstrap is not None and status["goodness-of-fit"] != "fail":
            status["goodness-of-fit"] = "warn" if bootstrap.p_value < WARN_BELOW else "pass"
        elif bootstrap is None and passes and _straddles(goodness):
            status["goodness-of-fit"] = "no-data"
    status["likelihood-gap"] = _gap_status(fits)
    tests = Tests(disagreement, consistency, rounds, status, bootstrap)
    return replace(tests, misfit=misfit_of(table, fits, goal)) if tests.misfits else tests


def _bootstrapped(
    table: CountsTable, fits: Fits, goodness: GoodnessOfFit, how: Resampling, *, undecided: bool
) -> BootstrapP | None:
    """The bootstrap, if it was asked for, or if the bracket passes at one end and fails at the other."""
    asked = how.gof == "bootstrap"
    resamples = resamples_of(table, asked=asked) if asked or (how.gof == "auto" and undecided) else 0
    if resamples == 0:
        return None
    return bootstrap_fit_p(table, fits.rho, goodness.statistic or 0.0, resamples, how)


def _straddles(goodness: GoodnessOfFit) -> bool:
    """Whether the lower end of the bracket would fail although the upper end passes."""
    return goodness.p_low is not None and goodness.p_low < FAIL_BELOW


def judge(p_value: float) -> CheckStatus:
    """fail below 1e-4, warn below 0.01, else pass."""
    if p_value < FAIL_BELOW:
        return "fail"
    return "warn" if p_value < WARN_BELOW else "pass"


def _gap_status(fits: Fits) -> CheckStatus:
    if fits.likelihood is None:
        return "not-applicable"
    return "pass" if fits.main.converged else "fail"


def _disagreement(goal: Goal, fits: Fits) -> Disagreement | None:
    """Both use the same shots: the shot noise of the direct value is more than they may differ by.

    Taken from its limits, which stay apart where every shot passes.
    """
    direct, fit = goal.direct, fits.likelihood
    if goal.target is None or direct is None or direct.value is None or fit is None or fits.missing:
        return None
    if direct.low is None or direct.high is None:
        return None
    difference = direct.value - fidelity_to(fit.rho, goal.target)
    spread = (direct.high - direct.low) / (2 * float(ndtri(direct.level)))
    return Disagreement(difference, float(erfc(abs(difference) / spread / sqrt(2))))
