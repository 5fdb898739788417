"""Bell inequalities and the statistics of Bell tests. INEQUALITIES lists what there is.

An inequality is data (`Inequality`): coefficients, bounds, and the measurements that reach the quantum bound.
The table holds families (`Family`), some of one member; `named_inequality("mermin", qubits=5)` is a member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmono.core.registry import Entry, Registry

if TYPE_CHECKING:
    from qmono.quantum.bell.family import Family
    from qmono.quantum.bell.inequality import Inequality

INEQUALITIES = Registry(
    "Bell inequality",
    [
        Entry(
            "chsh",
            "qmono.quantum.bell.chsh:FAMILY",
            "two parties, two inputs, two outcomes: |S| <= 2 locally, 2 sqrt2 in quantum theory",
        ),
        Entry(
            "eberhard",
            "qmono.quantum.bell.eberhard:FAMILY",
            "CH without marginals: J <= 0 locally, (sqrt2 - 1)/2 in quantum theory",
        ),
        Entry(
            "tilted",
            "qmono.quantum.bell.tilted:FAMILY",
            "CHSH + alpha <A0>, --tilt alpha: <= 2 + alpha locally, sqrt(8 + 2 alpha^2)",
        ),
        Entry(
            "chained",
            "qmono.quantum.bell.chained:FAMILY",
            "--settings-per-side N: <= 2N - 2 locally, 2N cos(pi/2N) in quantum theory",
        ),
        Entry(
            "i3322",
            "qmono.quantum.bell.i3322:FAMILY",
            "three inputs per side: <= 0 locally, 1/4 with two qubits, at most 0.250876",
        ),
        Entry(
            "elegant",
            "qmono.quantum.bell.elegant:FAMILY",
            "three inputs against four: <= 6 locally, 4 sqrt3 in quantum theory",
        ),
        Entry(
            "cglmp",
            "qmono.quantum.bell.cglmp:FAMILY",
            "three outcomes, saved counts: <= 2 locally, 1 + sqrt(11/3) in quantum theory",
        ),
        Entry(
            "mermin",
            "qmono.quantum.bell.ghz_correlations:MERMIN",
            "--qubits n: Re prod(X + iY) <= 2^floor(n/2) locally, 2^(n-1) in quantum theory",
        ),
        Entry(
            "mabk",
            "qmono.quantum.bell.ghz_correlations:MABK",
            "--qubits n: <= 1 locally, 2^((n-1)/2) in quantum theory",
        ),
        Entry(
            "svetlichny",
            "qmono.quantum.bell.ghz_correlations:SVETLICHNY",
            "--qubits n: <= 2^(n-1) if any two groups are local, 2^(n-1) sqrt2",
        ),
    ],
)
"""Every family of inequalities, by name."""


def named_inequality(name: str, **parameters: float | None) -> Inequality:
    """`"mermin"` with qubits=5, or `"mermin:5"` as it calls itself; UsageError for unknown names."""
    base, colon, number = name.partition(":")
    family: Family = INEQUALITIES.load(base)
    return family.member(number if colon else None, **parameters)
