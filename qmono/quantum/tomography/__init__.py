"""State tomography: estimators, certificates, likelihood regions, goodness of fit."""

from __future__ import annotations

from qmono.core.registry import Entry, Registry

ESTIMATORS = Registry(
    "estimator",
    [
        Entry("mle", "qmono.quantum.tomography.fit.mle:estimate_mle", "maximum likelihood, certified gap"),
        Entry("pls", "qmono.quantum.tomography.fit.pls:estimate_pls", "projected least squares"),
        Entry(
            "linear",
            "qmono.quantum.tomography.fit.linear_inversion:estimate_linear",
            "linear inversion, may have negative eigenvalues",
        ),
    ],
)
"""Estimators of a state from a CountsTable: called with the table (and `progress`), give a StateEstimate."""
