r"""Photon counting that is not ideal: unequal detectors, accidental coincidences, analysers off their axes.

Expected coincidences of cell i, with one flux Phi for all of a table's rows (Poisson totals):

    mu_i = Phi [t_i eta_i Tr(E'_i rho) + b A_i]

eta_i is a product of relative efficiencies, one per detector of a qubit (complete settings) or per analyser
setting (single projectors); A_i the product of the single rates where they are known, else the same
everywhere; E_i the projector on analyser directions that may be tilted, E'_i = sum_l C_li E_l with the
crosstalk that the data state (`crosstalk_model`). As Tr rho = 1 the background is a multiple of the identity:
for fixed parameters mu is linear in rho and the fit is concave and certified.

Efficiencies and tilts are found from the coincidences themselves; more parameters than cells can tell are
refused. A rotation of all axes of a qubit is the state's. Other tilts map the Pauli vectors of a state to
those of an operator, so a tilt shows only where ideal axes would need an operator with negative
eigenvalues: what is found is one of the tilts that allow a state.

Crosstalk is no parameter. What is the same for both outcomes of a qubit shrinks its Bloch vectors in every
basis alike, and so does noise of the state: a free one can never gain (tests say so). What is unequal is, to
first order, an efficiency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import xlogy

from qmono.core.counts import CountsTable
from qmono.quantum.tomography.effects.counted_cells import Cells, cells_of
from qmono.quantum.tomography.effects.rows import distinct_directions
from qmono.quantum.tomography.likelihood import Likelihood, common_flux_likelihood
from qmono.quantum.tomography.models.model import MeasurementModel
from qmono.quantum.types import Integers, Real

Parts = tuple[str, ...]


def efficiencies(table: CountsTable) -> MeasurementModel | str:
    """Relative efficiencies of the detectors."""
    return _model(table, "efficiencies", ("efficiencies",))


def background(table: CountsTable) -> MeasurementModel | str:
    """Accidental coincidences."""
    return _model(table, "background", ("background",))


def analysers(table: CountsTable) -> MeasurementModel | str:
    """Axes of the analysers that are not at right angles."""
    return _model(table, "analysers", ("analysers",))


def photonic(table: CountsTable) -> MeasurementModel | str:
    """Efficiencies, background and analysers together."""
    return _model(table, "photonic", ("efficiencies", "background", "analysers"))


def _model(table: CountsTable, name: str, parts: Parts) -> MeasurementModel | str:
    cells = cells_of(table)
    if isinstance(cells, str):
        return cells
    if table.statistics != "poisson":
        return "photonic models need Poisson counts"
    if cells.detectors is None and "efficiencies" in parts:
        return "rows of exchanged detectors were added up: which of them counted what is not known"
    available = {"efficiencies": _efficiencies, "background": _background, "analysers": _analysers}
    chosen = [available[part](cells) for part in parts]
    start = np.concatenate([part.start for part in chosen])
    free = len(cells.counts) - 4**cells.n_qubits - len(start)
    if free < 0:
        return f"{len(cells.counts)} cells cannot tell {len(start)} parameters beside a state"
    places = np.cumsum([0, *(len(part.start) for part in chosen)])

    def split(u: Real) -> list[Real]:
        return [u[first:last] for first, last in pairwise(places)]

    def likelihood(u: Real) -> Likelihood:
        directions, factor, constant = cells.directions, cells.exposure, np.zeros(len(cells.counts))
        for part, own in zip(chosen, split(u), strict=True):
            directions, factor, constant = part.apply(own, directions, factor, constant)
        effects = cells.effects(directions, factor, constant)
        return common_flux_likelihood(effects, cells.counts, cells.n_qubits)

    def values(u: Real) -> Mapping[str, float]:
        named: dict[str, float] = {}
        for part, own in zip(chosen, split(u), strict=True):
            named |= part.values(own)
        return named

    return MeasurementModel(
        name=name,
        start=start,
        likelihood=likelihood,
        known=lambda u: 0.0,
        values=values,
        plain=common_flux_likelihood(cells.ideal_effects(), cells.counts, cells.n_qubits),
        saturated=float(xlogy(cells.counts, cells.counts / cells.counts.sum()).sum()),
        cells=len(cells.counts) - 1,
        rests_on="the coincidences themselves, one flux for all rows",
    )


@dataclass(frozen=True)
class _Part:
    """One kind of parameters: where to start, what they do to (directions, factor, constant), their names."""

    start: Real
    apply: Callable[[Real, Real, Real, Real], tuple[Real, Real, Real]]
    values: Callable[[Real], dict[str, float]]


def _efficiencies(cells: Cells) -> _Part:
    """Logarithms, relative to each qubit's first detector."""
    detectors = np.zeros((1, cells.n_qubits), np.int64) if cells.detectors is None else cells.detectors
    sizes = [int(detectors[:, q].max()) for q in range(cells.n_qubits)]
    first = np.cumsum([0, *sizes])

    def logs(u: Real) -> list[Real]:
        return [np.concatenate([[0.0], u[a:b]]) for a, b in pairwise(first)]

    def apply(u: Real, directions: Real, factor: Real, constant: Real) -> tuple[Real, Real, Real]:
        total = sum(own[detectors[:, q]] for q, own in enumerate(logs(u)))
        return directions, factor * np.exp(total), constant

    def values(u: Real) -> dict[str, float]:
        return {
            f"efficiency {k}/0 of qubit {q}": float(np.exp(own[k]))
            for q, own in enumerate(logs(u))
            for k in range(1, len(own))
        }

    return _Part(np.zeros(sum(sizes)), apply, values)


def _background(cells: Cells) -> _Part:
    """Logarithm of the background of a mean cell, relative to a cell of the maximally mixed state."""

    def apply(u: Real, directions: Real, factor: Real, constant: Real) -> tuple[Real, Real, Real]:
        unit = float(cells.exposure.mean()) / 2**cells.n_qubits
        return directions, factor, constant + np.exp(max(float(u[0]), -30.0)) * unit * cells.accidentals

    return _Part(np.array([-4.0]), apply, lambda u: {"background per cell": float(np.exp(max(u[0], -30.0)))})


def _analysers(cells: Cells) -> _Part:
    """Tilts of each qubit's axes, an axis and its opposite together.

    The first is fixed, the second tilts towards the first, the others anywhere: the rest rotates the state.
    """
    axes, which, signs = _axes(cells.directions)
    tangents = [_tangents(own) for own in axes]
    sizes = [sum(len(vectors) for vectors in own) for own in tangents]
    first = np.cumsum([0, *sizes])

    def tilted(u: Real, q: int) -> Real:
        left, rows = u[first[q] : first[q + 1]], []
        for axis, vectors in zip(axes[q], tangents[q], strict=True):
            moved = axis + left[: len(vectors)] @ vectors if len(vectors) else axis
            left = left[len(vectors) :]
            rows.append(moved / np.linalg.norm(moved))
        return np.array(rows)

    def apply(u: Real, directions: Real, factor: Real, constant: Real) -> tuple[Real, Real, Real]:
        moved = [tilted(u, q)[which[:, q]] * signs[:, q, None] for q in range(cells.n_qubits)]
        return np.stack(moved, axis=1), factor, constant

    def values(u: Real) -> dict[str, float]:
        found: dict[str, float] = {}
        for q, own in enumerate(axes):
            cosines = np.clip((tilted(u, q) * own).sum(axis=1), -1, 1)
            found |= {
                f"tilt of {_axis_name(axis)} of qubit {q} (degrees)": float(np.degrees(np.arccos(cosine)))
                for axis, cosine, vectors in zip(own, cosines, tangents[q], strict=True)
                if len(vectors)
            }
        return found

    return _Part(np.zeros(sum(sizes)), apply, values)


def _axes(directions: Real) -> tuple[list[Real], Integers, Real]:
    """Per qubit the axes (up to sign), which of them each cell uses and on which side, (m, n)."""
    rounded = np.round(directions, 9) + 0.0
    leading = np.take_along_axis(rounded, (rounded != 0).argmax(axis=2)[..., None], axis=2)[..., 0]
    signs = np.where(leading < 0, -1.0, 1.0)
    axes, which = distinct_directions(directions * signs[..., None])
    return axes, which, signs


def _tangents(axes: Real) -> list[Real]:
    """For each axis the directions (k, 3) it may tilt in: none for the first, one for the second, two."""
    found: list[Real] = []
    for k, axis in enumerate(axes):
        frame = np.linalg.svd(axis[None])[2][1:]
        if k == 0:
            found.append(np.zeros((0, 3)))
        elif k == 1:
            towards = axes[0] - (axes[0] @ axis) * axis
            found.append((towards / np.linalg.norm(towards))[None])
        else:
            found.append(frame)
    return found


def _axis_name(axis: Real) -> str:
    along = int(np.abs(axis).argmax())
    return "XYZ"[along] if abs(axis[along]) > 1 - 1e-4 else "axis " + ",".join(f"{part:.2f}" for part in axis)
