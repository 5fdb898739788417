"""Independent bounds of Bell expressions: no-signalling by linear programming, quantum by moment matrices."""

from __future__ import annotations

from itertools import combinations, product
from math import sqrt

import clarabel
import numpy as np
from scipy import sparse
from scipy.optimize import linprog

Word = tuple[tuple[tuple[int, int], ...], ...]
"""Per party a sequence of projectors (input, outcome); the last outcome of an input is 1 - the others."""


def no_signalling_bound(coefficients: np.ndarray) -> float:
    """The largest value of normalised, non-negative tables whose marginals do not depend on other inputs."""
    n = coefficients.ndim // 2
    outcomes, inputs = coefficients.shape[:n], coefficients.shape[n:]
    index = np.arange(coefficients.size).reshape(coefficients.shape)
    rows, sides = [], []
    for setting in np.ndindex(*inputs):
        rows.append({int(k): 1.0 for k in index[(..., *setting)].reshape(-1)})
        sides.append(1.0)
    for party in range(n):
        others = [p for p in range(n) if p != party]
        for setting in product(*(range(inputs[p]) for p in others)):
            for answer in product(*(range(outcomes[p]) for p in others)):
                for x in range(1, inputs[party]):
                    row: dict[int, float] = {}
                    for mine, sign in ((0, 1.0), (x, -1.0)):
                        place: list[object] = [slice(None)] * (2 * n)
                        for p, a, s in zip(others, answer, setting, strict=True):
                            place[p], place[n + p] = a, s
                        place[n + party] = mine
                        row |= {int(k): sign for k in index[tuple(place)].reshape(-1)}
                    rows.append(row)
                    sides.append(0.0)
    a = sparse.lil_matrix((len(rows), coefficients.size))
    for number, row in enumerate(rows):
        a.rows[number], a.data[number] = map(list, zip(*sorted(row.items()), strict=True))
    found = linprog(-coefficients.reshape(-1), A_eq=a.tocsr(), b_eq=sides, bounds=(0, None), method="highs")
    return -float(found.fun)


def npa_bound(coefficients: np.ndarray, products: int) -> float:
    """Upper bound on all quantum values: Navascues, Pironio and Acin, New J. Phys. 10 (2008) 073013.

    The moment matrix of 1, all projectors, and products of one projector each of up to `products` parties
    (2: the level called 1 + AB). Solved by an interior point method.
    """
    n = coefficients.ndim // 2
    outcomes, inputs = coefficients.shape[:n], coefficients.shape[n:]
    single = [[(x, a) for x in range(inputs[p]) for a in range(outcomes[p] - 1)] for p in range(n)]
    monomials: list[Word] = []
    for size in range(products + 1):
        for group in combinations(range(n), size):
            for chosen in product(*(single[p] for p in group)):
                letters = dict(zip(group, chosen, strict=True))
                monomials.append(tuple((letters[p],) if p in letters else () for p in range(n)))
    number: dict[Word, int] = {}
    cells: list[tuple[int, int, int]] = []
    for j, right in enumerate(monomials):
        for i in range(j + 1):
            word = reduced(monomials[i], right)
            if word is not None:
                cells.append((i, j, number.setdefault(word, len(number))))
    size, first = len(monomials), number[((),) * n]
    scale = [1.0 if i == j else sqrt(2) for i, j, _ in cells]
    a = sparse.csc_matrix(
        ([-s for s in scale], ([j * (j + 1) // 2 + i for i, j, _ in cells], [k for *_, k in cells])),
        shape=(size * (size + 1) // 2, len(number)),
    )
    pinned = sparse.csc_matrix(([1.0], ([0], [first])), shape=(1, len(number)))
    b = np.zeros(1 + a.shape[0])
    b[0] = 1.0
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix((len(number), len(number))),
        -objective(coefficients, number),
        sparse.vstack([pinned, a]).tocsc(),
        b,
        [clarabel.ZeroConeT(1), clarabel.PSDTriangleConeT(size)],
        settings,
    )
    solution = solver.solve()
    assert str(solution.status) in ("Solved", "AlmostSolved")
    return -float(solution.obj_val)


def reduced(left: Word, right: Word) -> Word | None:
    """left^dagger right: parties commute, P P = P, outcomes of one input are orthogonal (None: zero)."""
    parts = []
    for mine, theirs in zip(left, right, strict=True):
        letters: list[tuple[int, int]] = []
        for letter in (*mine[::-1], *theirs):
            if letters and letters[-1] == letter:
                continue
            if letters and letters[-1][0] == letter[0]:
                return None
            letters.append(letter)
        parts.append(tuple(letters))
    word = tuple(parts)
    backwards = tuple(part[::-1] for part in word)
    # a real moment matrix is enough: the value of a word and of its adjoint are averaged
    return min(word, backwards)


def objective(coefficients: np.ndarray, number: dict[Word, int]) -> np.ndarray:
    """Coefficients of the moments, with every last outcome written as 1 - the others."""
    n = coefficients.ndim // 2
    outcomes, inputs = coefficients.shape[:n], coefficients.shape[n:]
    total = np.zeros(len(number))
    for place in map(tuple, np.argwhere(coefficients)):
        answer, setting = place[:n], place[n:]
        options = []
        for p in range(n):
            x, a = int(setting[p]), int(answer[p])
            if a < outcomes[p] - 1:
                options.append([(1.0, ((x, a),))])
            else:
                options.append([(1.0, ()), *((-1.0, ((x, o),)) for o in range(outcomes[p] - 1))])
        for choice in product(*options):
            word = tuple(part for _, part in choice)
            total[number[word]] += coefficients[place] * np.prod([sign for sign, _ in choice])
    assert len(inputs) == n
    return total


def planar_bounds(weights: np.ndarray, points: int) -> tuple[float, float]:
    """The quantum maximum of sum w[x, y, ...] E[x, y, ...], two inputs a party: reached, and at most.

    By Jordan's lemma qubits and measurements in one plane suffice, and the Bell operator of angles t_k
    between the two directions of party k is diagonal in the GHZ basis with eigenvalues
    +-|sum w[x] exp(i t . x)| (Werner and Wolf, Phys. Rev. A 64 (2001) 032112). The last angle is maximised in
    closed form, |a| + |b|; the others on a grid, by a Fourier transform. The square is a trigonometric
    polynomial of degree 1 in each of them, which exceeds its values at `points` equal steps at most by
    1/cos(pi/points) an angle (Ehlich and Zeller, Math. Z. 86 (1964) 41).
    """
    gridded = weights.ndim - 1
    transformed = np.fft.fftn(weights, s=(points,) * gridded, axes=tuple(range(gridded)))
    reached = float(np.abs(transformed).sum(axis=-1).max())
    return reached, reached * np.cos(np.pi / points) ** (-gridded / 2)


def full_correlations(coefficients: np.ndarray) -> np.ndarray:
    """The weights w of an inequality that is sum w E and nothing else, two outcomes a party."""
    n = coefficients.ndim // 2
    parity = np.indices((2,) * n).sum(axis=0) % 2
    weights = coefficients[(0,) * n]
    assert np.allclose(coefficients, np.multiply.outer(1.0 - 2.0 * parity, weights), atol=1e-12)
    return weights
