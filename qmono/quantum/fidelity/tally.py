"""Passes and trials of a scheme in a table of counts, and the limits they prove."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from qmono.core.counts import CountArray, CountsTable
from qmono.core.metric import Guarantee
from qmono.quantum.fidelity.confidence_sequence import sequence_limits
from qmono.quantum.fidelity.pauli_settings import AXIS_TOLERANCE, pauli_settings
from qmono.quantum.fidelity.scheme import Lottery, Probe, Scheme
from qmono.quantum.fidelity.strata import Stratum, split_limits, stratified_limits
from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low


@dataclass(frozen=True)
class Tally:
    """Passes and trials for each setting of a scheme, or of all drawn settings together (one entry)."""

    scheme: Scheme
    labels: tuple[str, ...]
    passes: tuple[int, ...]
    trials: tuple[int, ...]

    @property
    def shots(self) -> int:
        """All trials."""
        return sum(self.trials)

    @property
    def is_balanced(self) -> bool:
        """Whether the passes may be pooled: settings were drawn, or their shots are complete blocks."""
        units = self.scheme.units or (1,)
        return self.shots > 0 and all(
            trials * self.scheme.block == self.shots * unit
            for trials, unit in zip(self.trials, units, strict=True)
        )

    def __add__(self, other: Tally) -> Tally:
        """The tally of two tables of one scheme."""
        passes, trials = (
            tuple(a + b for a, b in zip(mine, theirs, strict=True))
            for mine, theirs in ((self.passes, other.passes), (self.trials, other.trials))
        )
        return Tally(self.scheme, self.labels, passes, trials)


@dataclass(frozen=True)
class FidelityLimits:
    """Fidelity with one-sided limits; value None where a scheme gives limits only."""

    value: float | None
    std_error: float | None
    low: float
    high: float
    method: str
    guarantee: Guarantee = "exact"


def tally_of(scheme: Scheme, table: CountsTable) -> Tally | str:
    """The passes of a scheme in a table, or a sentence about what is missing."""
    if scheme.target.dims != (2,) * table.n_qubits:
        return f"{scheme.target.name} has {scheme.target.n_qubits} qubits, the counts have {table.n_qubits}"
    return _drawn(scheme, scheme.lottery, table) if scheme.lottery else _listed(scheme, table)


def fidelity_limits(tally: Tally, level: float, *, anytime: bool = False) -> FidelityLimits:
    """Limits at `level` each; anytime: valid at every number of complete blocks at once.

    Balanced tallies: the passes pooled. Others: strata for a value, split and added for a bound. Raises
    ValueError for anytime limits of a tally that is not balanced.
    """
    scheme, (value, error) = tally.scheme, _estimate(tally)
    passes, trials = sum(tally.passes), tally.shots
    if anytime:
        if not tally.is_balanced:
            raise ValueError("anytime-valid limits need complete blocks of settings")
        low, high = scheme.limits(*sequence_limits(passes, trials, level))
        return FidelityLimits(value, error, low, high, "confidence sequence")
    if tally.is_balanced:
        p_low, p_high = (
            clopper_pearson_low(passes, trials, level),
            clopper_pearson_high(passes, trials, level),
        )
        low, high = scheme.limits(p_low, p_high)
        return FidelityLimits(value, error, low, high, "clopper-pearson")
    strata = _strata(tally)
    if scheme.is_value:
        limits, method = stratified_limits(strata, level), "stratified"
    else:
        limits, method = split_limits(strata, level), "clopper-pearson, split"
    return FidelityLimits(value, error, *scheme.limits(*limits), method)


def _estimate(tally: Tally) -> tuple[float | None, float | None]:
    """Value and standard error; None for a scheme that gives limits only."""
    scheme = tally.scheme
    if not scheme.is_value or min(tally.trials) == 0:
        return None, None
    strata = _strata(tally)
    p = sum(s.weight * s.passes / s.trials for s in strata)
    if tally.is_balanced:
        p = sum(tally.passes) / tally.shots
    variance = sum(s.weight**2 * s.passes * (s.trials - s.passes) / s.trials**3 for s in strata)
    # F lies in [0, 1]; an unbiased estimate need not.
    return scheme.low.at(p), scheme.low.slope * sqrt(variance)


def _strata(tally: Tally) -> tuple[Stratum, ...]:
    units, block = tally.scheme.units or (1,), tally.scheme.block
    return tuple(
        Stratum(label, unit / block, passes, trials)
        for label, unit, passes, trials in zip(tally.labels, units, tally.passes, tally.trials, strict=True)
    )


def _listed(scheme: Scheme, table: CountsTable) -> Tally | str:
    found = [counts_of(probe, table) for probe in scheme.probes]
    pairs = list(zip(scheme.probes, found, strict=True))
    missing = [probe.label for probe, counts in pairs if counts is None]
    if missing:
        shown = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
        return f"not measured with any shots: {shown}"
    passes = [int(counts[probe.passing].sum()) for probe, counts in pairs if counts is not None]
    trials = [int(counts.sum()) for counts in found if counts is not None]
    return Tally(scheme, tuple(probe.label for probe in scheme.probes), tuple(passes), tuple(trials))


def counts_of(probe: Probe, table: CountsTable) -> CountArray | None:
    """Counts (2**n,) of the setting of a probe in a table; None if it has no shots there."""
    if set(probe.label) <= set("XYZ"):
        return pauli_settings(table).settings.get(probe.label)
    rows = table.settings
    if rows is None or rows.directions is None:
        return None
    same = np.abs(rows.directions - probe.directions).max(axis=(1, 2)) < AXIS_TOLERANCE
    counts: CountArray = rows.counts[same].sum(axis=0)
    return counts if counts.sum() > 0 else None


def _drawn(scheme: Scheme, lottery: Lottery, table: CountsTable) -> Tally | str:
    if table.design != "random":
        return "its settings must be drawn for every shot, and the file does not say that they were"
    passes = trials = 0
    for label, counts in _rows(table):
        probe = lottery.find(label)
        if probe is None or (probe.passing is None) != (len(counts) == 2):
            return f"{label!r} is no setting of {scheme.protocol} for {scheme.target.name}"
        trials += int(counts.sum())
        passed = counts[probe.passing].sum() if probe.passing is not None else counts[(1 - probe.sign) // 2]
        passes += int(passed)
    if trials == 0:
        return "there are no shots"
    return Tally(scheme, ("drawn settings",), (passes,), (trials,))


def _rows(table: CountsTable) -> list[tuple[str, CountArray]]:
    blocks = [block for block in (table.settings, table.parities) if block is not None]
    return [pair for block in blocks for pair in zip(block.labels, block.counts, strict=True)]
