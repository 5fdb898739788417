r"""Quantum state verification with optimal tests: every shot one test, drawn at random.

Omega = |psi><psi| + (1 - nu)(1 - |psi><psi|) for both targets below, so F = 1 - (1 - p)/nu.

- GHZ (Li, Han and Zhu, PR Applied 13 (2020) 054002): Z...Z all equal with probability 1/3, else a random
  string of X and an even number of Y; nu = 2/3 for every n.
- two qubits, cos t|00> + sin t|11> in its Schmidt bases (Pallister, Linden and Montanaro, PRL 120 (2018)
  170502), s = sin t cos t: ZZ even with probability (1 - s)/(2 + s), else one of three product tests, which
  fail on one outcome orthogonal to the target; nu = 1/(2 + s). (A Bell state is a GHZ state: nu = 2/3.)

For a claim F >= 1 - eps instead of an estimate, N = ceil(ln(delta)/ln(1 - nu eps)) passes in a row are
enough.
"""

from __future__ import annotations

import numpy as np

from qmono.core.counts import FloatArray
from qmono.quantum.fidelity.protocols.ghz_parity import is_ghz, populations
from qmono.quantum.fidelity.protocols.protocol import FidelityProtocol
from qmono.quantum.fidelity.scheme import Line, Lottery, Probe, Scheme, listed, parity_probe
from qmono.quantum.states import State
from qmono.quantum.types import Matrix, Vector

NAME = "verification"


def scheme(target: State) -> Scheme | str:
    """The optimal tests where they are known: GHZ states and two qubits."""
    if is_ghz(target):
        n = target.n_qubits
        return _verification(target, 2 / 3, 2 ** (n - 1) + 1, _ghz_lottery(n))
    if target.psi is None or target.dims != (2, 2):
        return "optimal tests are known here for GHZ states and two qubits"
    tests, weights, gap = _pair_tests(target.psi)
    return _verification(target, gap, len(tests), listed(tests, weights))


def _verification(target: State, gap: float, n_settings: int, lottery: Lottery) -> Scheme:
    line = Line(1 - 1 / gap, 1 / gap)
    return Scheme(NAME, target, low=line, high=line, n_settings=n_settings, lottery=lottery)


def _ghz_lottery(n: int) -> Lottery:
    all_equal = populations(n)

    def parity(label: str) -> Probe:
        return parity_probe(label, -1 if label.count("Y") % 4 == 2 else 1)

    def draw(rng: np.random.Generator) -> Probe:
        if rng.random() < 1 / 3:
            return all_equal
        is_y = rng.integers(2, size=n)
        is_y[-1] ^= is_y.sum() % 2
        return parity("".join("XY"[bit] for bit in is_y))

    def find(label: str) -> Probe | None:
        if label == all_equal.label:
            return all_equal
        known = len(label) == n and set(label) <= {"X", "Y"} and label.count("Y") % 2 == 0
        return parity(label) if known else None

    return Lottery(draw, find)


def _pair_tests(psi: Vector) -> tuple[list[Probe], list[float], float]:
    """Tests, their probabilities, and the spectral gap, for a vector (4,)."""
    left, (cos_t, sin_t), right = np.linalg.svd(psi.reshape(2, 2))
    bases = (left.astype(np.complex128), right.T.astype(np.complex128))
    s = float(cos_t * sin_t)
    even = np.array([True, False, False, True])
    tests = [Probe("schmidt", _directions(bases, np.eye(2, dtype=np.complex128)[[0, 0]]), even)]
    share = sin_t / (sin_t + cos_t)
    for k in range(3):
        phase = 2 * np.pi * k / 3
        kets = np.sqrt([[share, 1 - share]] * 2) * np.exp(1j * np.array([[0, phase], [0, np.pi - phase]]))
        tests.append(Probe(f"product {k}", _directions(bases, kets), np.arange(4) != 0))
    first = (1 - s) / (2 + s)
    return tests, [first, *[(1 - first) / 3] * 3], 1 / (2 + s)


def _directions(bases: tuple[Matrix, Matrix], kets: Matrix) -> FloatArray:
    """Bloch vectors (2, 3) of the kets (2, 2) given in the Schmidt bases."""
    vectors = []
    for basis, ket in zip(bases, kets, strict=True):
        zero, one = basis @ ket
        coherence = 2 * np.conj(zero) * one
        vectors.append((coherence.real, coherence.imag, abs(zero) ** 2 - abs(one) ** 2))
    return np.array(vectors, dtype=np.float64)


PROTOCOL = FidelityProtocol(
    NAME, "each shot's test drawn at random", "PRL 120 (2018) 170502; PR Applied 13 (2020) 054002", scheme
)
