"""Where a fit fails: which single mistake in reading the table would explain the counts far better.

Each alternative is fitted by itself. What its fit reaches is a lower bound of its best likelihood, and the
fit of the table as read is within its proven gap of the best: the gain is proven. The best of K alternatives
is a choice, which costs ln K nats. Advice only: nothing is judged by it and nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.core.counts import CountsTable, cells_of
from qmono.core.report import Note
from qmono.quantum.operations import projector
from qmono.quantum.paulis import pauli_vector
from qmono.quantum.states import State
from qmono.quantum.tomography.diagnosis.goodness_of_fit import deviance
from qmono.quantum.tomography.diagnosis.order_readings import DECISIVE_NATS
from qmono.quantum.tomography.diagnosis.relabellings import Alternative, alternatives, mirrors
from qmono.quantum.tomography.fit.batch import estimate_mle_batch
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.types import Matrix

UP_TO_QUBITS = 4
SUSPECTS = 6
"""Of so many rows, those that fit worst, single outcomes and pairs are looked at too."""
GAP = 0.5
SHOWN = 2


@dataclass(frozen=True)
class Explanation:
    """An alternative by its fit.

    nats: proven gain of log likelihood. deviance: of its fit. hint: which mistake of that kind gives the
    target the highest fidelity, if a target says so.
    """

    what: str
    nats: float
    deviance: float
    hint: str | None = None


@dataclass(frozen=True)
class Advice:
    """All explanations tried, the widest mistakes first; price: nats that the choice among them costs."""

    tried: tuple[Explanation, ...]

    @property
    def price(self) -> float:
        """ln K."""
        return log(max(len(self.tried), 1))

    @property
    def convincing(self) -> tuple[Explanation, ...]:
        """Those that gain DECISIVE_NATS beyond the price, and are no further than that from the best."""
        enough = DECISIVE_NATS + self.price
        best = max((item.nats for item in self.tried), default=0.0)
        return tuple(item for item in self.tried if item.nats >= max(enough, best - enough))

    def lines(self, degrees: int) -> tuple[str, ...]:
        """For people."""
        found = self.convincing
        if not found:
            return (f"none of {len(self.tried)} usual mistakes in the labels explains the counts better",)
        told = [_told(item, degrees) for item in found[:SHOWN]]
        others = f"{len(found) - SHOWN} others explain them as well; " if len(found) > SHOWN else ""
        searched = f"{len(self.tried)} mistakes tried, a choice that costs {self.price:.1f} nats"
        return (*told, f"{others}{searched}; nothing was changed")

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "tried": len(self.tried),
            "price_nats": self.price,
            "explanations": [
                {"what": item.what, "nats": item.nats, "deviance": item.deviance, "hint": item.hint}
                for item in self.convincing
            ],
        }


def _told(item: Explanation, degrees: int) -> str:
    hint = f" ({item.hint})" if item.hint else ""
    left = f"{item.deviance / max(degrees, 1):.2g} times the deviance of shot noise would be left"
    return f"if {item.what}{hint}: {item.nats:.4g} nats better, {left}"


def advice_sections(advice: Advice | None, fits: Fits) -> list[Note]:
    """A note, where a fit failed and alternatives were tried."""
    if advice is None or fits.goodness is None:
        return []
    return [Note("advice", advice.lines(fits.goodness.degrees_high))]


def advice_payload(advice: Advice | None) -> dict[str, Any]:
    """The same for programs."""
    return {} if advice is None else {"advice": advice.to_json()}


def advice_on(table: CountsTable, goal: Goal, fits: Fits) -> Advice | None:
    """Every alternative fitted; None without a likelihood fit, beyond UP_TO_QUBITS, or without any."""
    fit, goodness = fits.likelihood, fits.goodness
    if fit is None or goodness is None or table.n_qubits > UP_TO_QUBITS or fits.missing is not None:
        return None
    suspects = [row.label for row in goodness.residuals[:SUSPECTS]]
    best = (fit.log_likelihood or 0.0) + (fit.likelihood_gap or 0.0)
    items = list(alternatives(table, suspects))
    found = []
    for item, (rho, reached) in zip(items, _fitted(table, items), strict=True):
        hint = _hint(item, rho, goal.target) if reached - best > DECISIVE_NATS else None
        found.append(Explanation(item.what, reached - best, deviance(item.table, rho), hint))
    return Advice(tuple(found)) if found else None


def _fitted(table: CountsTable, items: list[Alternative]) -> list[tuple[Matrix, float]]:
    """State and log likelihood of each: those in the bases of the table in step, the others by themselves."""
    same = [index for index, item in enumerate(items) if item.mirrored is None]
    fits: dict[int, tuple[Matrix, float]] = {}
    if same:
        batch = estimate_mle_batch(table, np.array([cells_of(items[i].table) for i in same]), gap=GAP)
        values = zip(batch.rho, batch.log_likelihood.tolist(), strict=True)
        fits = dict(zip(same, values, strict=True))
    for index in set(range(len(items))) - set(same):
        own = estimate_mle(items[index].table, gap=GAP)
        fits[index] = own.rho, own.log_likelihood or 0.0
    return [fits[index] for index in range(len(items))]


def _hint(item: Alternative, rho: Matrix, target: State | None) -> str | None:
    """The mistake that mirrors the qubit and leaves the target the highest fidelity."""
    if item.mirrored is None:
        return None
    if target is None or target.psi is None:
        return "two bases exchanged, or outcomes inverted"
    t, n = pauli_vector(projector(target.psi)), target.n_qubits
    fitted = np.diag([1.0, -1.0, 1.0])
    reached = {}
    for what, mirror in mirrors().items():
        x = np.moveaxis(pauli_vector(rho), item.mirrored, 0).copy()
        x[1:] = np.tensordot(mirror @ fitted, x[1:], axes=1)
        reached[what] = float((np.moveaxis(x, 0, item.mirrored) * t).sum()) / 2**n
    what = max(reached, key=lambda key: round(reached[key], 6))
    return f"as if {what}, the fidelity would be {reached[what]:.3f}"
