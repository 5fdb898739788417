"""State tomography: estimators, certificates, likelihood regions, goodness of fit."""

from __future__ import annotations

from qmono.core.registry import Entry, Registry

ESTIMATORS = Registry(
    "estimator",
    [
        Entry("mle", "qmono.quantum.tomography.mle:estimate_mle", "maximum likelihood, with a certified gap"),
        Entry("pls", "qmono.quantum.tomography.pls:estimate_pls", "projected least squares: nearest state"),
        Entry(
            "linear",
            "qmono.quantum.tomography.linear_inversion:estimate_linear",
            "linear inversion, may have negative eigenvalues",
        ),
    ],
)
"""Estimators of a state from a CountsTable: called with the table (and `progress`), give a StateEstimate."""
