"""Negativity across the cuts of a register: by a fidelity, and by a witness over the likelihood region.

The lower limit is the larger of the two, each at its share of the error: REGION_SHARE for the region, which
holds for all cuts at once, and the rest for the fidelity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmono.analysis.pair_limits import RegionOf
from qmono.analysis.shot_fidelity import shot_fidelity
from qmono.analysis.tomography.entanglement import why_no_limits
from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric
from qmono.quantum.fidelity.direct import DirectFidelity
from qmono.quantum.measures.measure import cut_index
from qmono.quantum.measures.negativity import negativity, negativity_witness
from qmono.quantum.operations import bipartitions
from qmono.quantum.tomography.regions.region import Region
from qmono.quantum.types import Vector

ALL_CUTS_UP_TO_QUBITS = 6
"""Above, only the cuts of one qubit against the rest."""
REGION_UP_TO_QUBITS = 4
"""Above, the region is too large to prove more than a fidelity does."""
REGION_SHARE = 0.25
"""Share of the error that the region has, up to that size, whatever the counts are."""


_UNLIMITED = "no limits without a direct fidelity to a pure target"


@dataclass(frozen=True)
class Cut:
    """One cut: negativity of the fit, and the lower limits that fidelity and region prove, if they do."""

    index: str
    side: tuple[int, ...]
    value: float | None
    by_fidelity: Limit | None
    by_region: Limit | None

    @property
    def low(self) -> Limit | None:
        """The larger limit."""
        found = [limit for limit in (self.by_fidelity, self.by_region) if limit is not None]
        return max(found, key=lambda limit: limit.value, default=None)


def region_share(table: CountsTable) -> float:
    """Share of the error that the region of a register has."""
    return REGION_SHARE if 2 < table.n_qubits <= REGION_UP_TO_QUBITS else 0.0


def cuts_with_limits(
    table: CountsTable, goal: Goal, fits: Fits, level: float, region_of: RegionOf | None
) -> list[Cut]:
    """Every cut that is reported. region_of: None where the fit must not be used."""
    share, dims = region_share(table), (2,) * table.n_qubits
    direct, region = goal.direct, None
    if share and goal.target is not None and goal.has_direct_limits:
        direct = shot_fidelity(table, goal.target, 1 - (1 - share) * (1 - level))
    usable = fits.missing is None and why_no_limits(table) is None
    if share and region_of is not None and fits.likelihood is not None and usable:
        region = region_of(table, fits.likelihood, 1 - share * (1 - level))
    return [
        Cut(
            cut_index(cut),
            cut[0],
            None if fits.missing else negativity(fits.rho, dims, cut[0]),
            _by_fidelity(goal, direct, cut[0]),
            _by_region(region, dims, cut[0]),
        )
        for cut in cuts_of(table.n_qubits)
    ]


def cut_metrics(table: CountsTable, cuts: list[Cut], fits: Fits, level: float) -> list[Metric]:
    """`negativity[A|B]` of the fit for every cut, with the lower limit that is proven."""
    reason = fits.missing or why_no_limits(table)
    return [
        Metric(
            f"negativity[{cut.index}]",
            cut.value,
            level=level,
            low=cut.low,
            reason=reason or ("no upper limit" if cut.low is not None else _UNLIMITED),
        )
        for cut in cuts
    ]


def cuts_of(n: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The cuts whose negativity is reported: all of them, or of one qubit against the rest."""
    if n <= ALL_CUTS_UP_TO_QUBITS:
        return bipartitions(n)
    return [((q,), tuple(other for other in range(n) if other != q)) for q in range(n)]


def _by_region(region: Region | None, dims: tuple[int, ...], side: tuple[int, ...]) -> Limit | None:
    if region is None:
        return None
    least = region.minimum(negativity_witness(region.centre, dims, side)).limit
    return Limit(max(0.0, least), region.method, region.guarantee)


def _by_fidelity(goal: Goal, direct: DirectFidelity | None, side: tuple[int, ...]) -> Limit | None:
    if direct is None or direct.low is None or goal.target is None or goal.target.psi is None:
        return None
    least = negativity_of_fidelity(direct.low, goal.target.psi, goal.target.n_qubits, side)
    return Limit(least, "fidelity limit", direct.guarantee or "exact")


def negativity_of_fidelity(f: float, psi: Vector, n: int, side: tuple[int, ...]) -> float:
    """Smallest negativity across a cut of a state with fidelity f to psi of Schmidt numbers s1 >= s2 >= ...

    N >= (f - s1^2)/(s1^2 + s1 s2): F = Tr(rho^Gamma psi^Gamma), and psi^Gamma has eigenvalues s_i^2 and
    +- s_i s_j. f - 1/2 for Bell and GHZ states; the negativity of psi itself at f = 1 if all s_i are equal.
    """
    others = [q for q in range(n) if q not in side]
    matrix = psi.reshape((2,) * n).transpose([*side, *others]).reshape(2 ** len(side), -1)
    first, *rest = np.linalg.svd(matrix, compute_uv=False)
    if not rest or first * rest[0] < 1e-12:
        return 0.0
    return max(0.0, float((f - first**2) / (first**2 + first * rest[0])))
