"""The estimates a tomography report rests on, and whether the data support them at all."""

from __future__ import annotations

from dataclasses import dataclass

from qmono.core.counts import CountsTable
from qmono.quantum.tomography import ESTIMATORS
from qmono.quantum.tomography.diagnosis.goodness_of_fit import GoodnessOfFit, goodness_of_fit
from qmono.quantum.tomography.diagnosis.identifiability import is_complete
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.fit.pls import estimate_pls
from qmono.quantum.types import Matrix

NOT_IDENTIFIED = "the rows do not determine the state"
NO_COUNTS = "there are no counts"


@dataclass(frozen=True)
class Fits:
    """Estimates of one table.

    main: the estimate that numbers are computed from. pls: projected least squares, the second opinion.
    goodness: test of `main`, or None where it is no maximum-likelihood fit.
    missing: why numbers of the whole state cannot be given, or None.
    """

    main: StateEstimate
    pls: StateEstimate
    goodness: GoodnessOfFit | None
    missing: str | None

    @property
    def rho(self) -> Matrix:
        """The state (2**n, 2**n) that numbers are computed from."""
        return self.main.rho

    @property
    def likelihood(self) -> StateEstimate | None:
        """The maximum-likelihood fit, or None if `main` is another estimate."""
        return self.main if self.main.estimator == "mle" else None


def fit_states(table: CountsTable, estimator: str, gap: float) -> Fits:
    """Fit the table with the estimator asked for, or with projected least squares for corrected values."""
    pls = estimate_pls(table)
    if table.values == "corrected" or estimator == "pls":
        main = pls
    elif estimator == "mle":
        main = estimate_mle(table, gap=gap)
    else:
        main = ESTIMATORS.load(estimator)(table)
    goodness = goodness_of_fit(table, main) if main.estimator == "mle" else None
    if table.total == 0:
        return Fits(main, pls, goodness, NO_COUNTS)
    return Fits(main, pls, goodness, None if is_complete(table) else NOT_IDENTIFIED)
