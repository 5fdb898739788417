"""Bell inequalities and the statistics of Bell tests. INEQUALITIES lists what there is.

An inequality is data (`Inequality`): coefficients, bounds, and the directions that reach the quantum bound.
"""

from __future__ import annotations

from qmono.core.registry import Entry, Registry

INEQUALITIES = Registry(
    "Bell inequality",
    [
        Entry(
            "chsh",
            "qmono.quantum.bell.chsh:INEQUALITY",
            "two parties, two inputs, two outcomes: |S| <= 2 locally, 2 sqrt2 in quantum theory",
        ),
    ],
)
"""Every inequality, by name."""
