"""What an estimator of states returns."""

from __future__ import annotations

from dataclasses import dataclass

from qmono.quantum.types import Matrix


@dataclass(frozen=True)
class StateEstimate:
    """An estimated state and what is known about the fit.

    rho: (2**n, 2**n). estimator: its name in ESTIMATORS.
    log_likelihood: sum of counts times ln p at rho, in nats, without combinatorial constants; None
    where the estimator or the data have none.
    likelihood_gap: proven upper bound in nats of how far that is below the maximum, or None.
    converged: whether the gap asked for was proven (always True for closed forms).
    """

    rho: Matrix
    estimator: str
    log_likelihood: float | None = None
    likelihood_gap: float | None = None
    iterations: int = 0
    converged: bool = True

    @property
    def n_qubits(self) -> int:
        """Number of qubits."""
        return int(self.rho.shape[0]).bit_length() - 1
