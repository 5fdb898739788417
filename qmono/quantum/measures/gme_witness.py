"""Witnesses of genuine multipartite entanglement: F(target) - the most that a biseparable state reaches.

That most is the largest Schmidt weight of the target over all cuts (Bourennane et al., PRL 92 (2004)
087902): 1/2 for GHZ and linear clusters, (n - 1)/n for W (Guehne, Toth, Phys. Rep. 474 (2009) 1), and n/(2
(n - 1)) for the half-filled Dicke state (Toth, J. Opt. Soc. Am. B 24 (2007) 275). Positive: all qubits take
part.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qmono.quantum.measures.measure import Measure, of_qubits
from qmono.quantum.states import State, cluster, dicke, ghz, w
from qmono.quantum.types import Dims, Matrix


def _half_filled(n: int) -> State:
    return dicke(n, n // 2)


def _witness(target: Callable[[int], State], bound: Callable[[int], float]) -> Callable[[Matrix], float]:
    def value(rho: Matrix) -> float:
        n = rho.shape[0].bit_length() - 1
        return float(np.vdot(target(n).rho, rho).real) - bound(n)

    return value


def _domain(smallest: int, *, even: bool = False) -> Callable[[Matrix, Dims], str | None]:
    def why_not(rho: Matrix, dims: Dims) -> str | None:
        if len(dims) < smallest:
            return f"it is of {smallest} qubits or more, not {len(dims)}"
        if even and len(dims) % 2:
            return f"a half-filled Dicke state has an even number of qubits, not {len(dims)}"
        return of_qubits(rho, dims)

    return why_not


def _entry(  # noqa: PLR0917
    word: str,
    target: Callable[[int], State],
    bound: Callable[[int], float],
    spelt: str,
    known: tuple[tuple[str, float], ...],
    why_not: Callable[[Matrix, Dims], str | None],
) -> Measure:
    return Measure(
        name=f"witness_{word}",
        function=_witness(target, bound),
        formula=f"F({word}) - {spelt}; positive only with genuine multipartite entanglement",
        domain="any state, in the frame of the target",
        source="Bourennane et al., PRL 92 087902 (2004); Toth, JOSA B 24 275 (2007)",
        range=(-1.0, 1 / 2),
        known=known,
        per="state",
        trap="negative values say nothing, and local rotations change it",
        why_not=why_not,
        zero_on_products=False,
    )


GHZ = _entry("ghz", ghz, lambda n: 1 / 2, "1/2", (("ghz:3", 1 / 2), ("product:000", 0.0)), _domain(3))
W = _entry("w", w, lambda n: (n - 1) / n, "(n - 1)/n", (("w:3", 1 / 3), ("ghz:3", -2 / 3)), _domain(3))
CLUSTER = _entry("cluster", cluster, lambda n: 1 / 2, "1/2", (("cluster:4", 1 / 2),), _domain(4))
DICKE = _entry(
    "dicke",
    _half_filled,
    lambda n: n / (2 * (n - 1)),
    "n/(2 (n - 1)), half filled",
    (("dicke:4,2", 1 / 3),),
    _domain(4, even=True),
)
