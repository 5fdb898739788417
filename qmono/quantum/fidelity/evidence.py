"""What a table of counts proves about a fidelity: by the protocol it was measured with, or one that fits it.

Which protocol is used depends on settings and shots only, never on outcomes, so nothing is chosen from the
data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qmono.core.counts import CountsTable
from qmono.quantum.fidelity import ghz_scan
from qmono.quantum.fidelity.choice import AUTO
from qmono.quantum.fidelity.direct import DirectFidelity, direct_fidelity, fidelity_by_outcome
from qmono.quantum.fidelity.protocols import PROTOCOLS
from qmono.quantum.fidelity.scheme import Scheme
from qmono.quantum.fidelity.tally import FidelityLimits, Tally, fidelity_limits, tally_of
from qmono.quantum.states import State

FIXED_VALUES = ("three-settings", "ghz-parity")
"""Protocols whose settings are looked for in any table, the preferred one first; then all stabilisers by
whatever settings measure them, then a parity scan, then the bound."""

TARGET_OUTCOME = "target-outcome"
"""Outcomes of POVMs that are the projector on the target: taken where there are any."""


@dataclass(frozen=True)
class Evidence:
    """Limits of a fidelity and the shots they rest on.

    rows: label, passes and trials of each setting. tally: None where strata of other shapes were used.
    """

    protocol: str
    limits: FidelityLimits
    rows: tuple[tuple[str, float, float], ...]
    tally: Tally | None = None

    @property
    def shots(self) -> float:
        """All trials."""
        return sum(trials for _, _, trials in self.rows)


def evidence_of(
    tables: Sequence[CountsTable], target: State, level: float, *, protocol: str = AUTO, anytime: bool = False
) -> Evidence | str:
    """What the tables, parts of one measurement, prove together; a sentence if nothing.

    anytime: limits that hold at every number of complete blocks at once. UsageError for an unknown protocol.
    """
    if protocol not in (AUTO, ghz_scan.NAME):
        PROTOCOLS[protocol]
    name = _recorded(tables[0], target) if protocol == AUTO else protocol
    if name != AUTO:
        return _by(name, tables, target, level, anytime)
    by_outcome = fidelity_by_outcome(tables[0], target, level)
    if by_outcome is not None and len(tables) == 1 and not anytime:
        found = _limits_of(by_outcome, TARGET_OUTCOME)
        if isinstance(found, Evidence):
            return found
    reasons = []
    for candidate in (*FIXED_VALUES, "all-stabilizers", ghz_scan.NAME, "stabilizer-bound"):
        found = _by(candidate, tables, target, level, anytime)
        if isinstance(found, Evidence):
            return found
        reasons.append(f"{candidate}: {found}")
    return "; ".join(reason for reason in reasons if "the target is" not in reason) or (
        f"no protocol takes the fidelity to {target.name} from these settings; qmono tomography does"
    )


def _recorded(table: CountsTable, target: State) -> str:
    """The protocol that a live run wrote down with its counts, if it was for this target."""
    name = table.metadata.get("protocol")
    same = table.metadata.get("target") == target.name
    return name if same and isinstance(name, str) and name in PROTOCOLS else AUTO


def _by(
    name: str, tables: Sequence[CountsTable], target: State, level: float, anytime: bool
) -> Evidence | str:
    if any(table.values != "counts" for table in tables):
        return _without_shot_noise(tables, target, level)
    if name == ghz_scan.NAME:
        return "a parity scan has no anytime-valid limits" if anytime else _scanned(tables, target, level)
    scheme = PROTOCOLS.load(name).scheme(target)
    if isinstance(scheme, str):
        return scheme
    tally = _added(scheme, tables)
    if isinstance(tally, str):
        return _direct(tables, target, level) if name == "all-stabilizers" and not anytime else tally
    if anytime and not tally.is_balanced:
        return "anytime-valid limits need the same shots in every setting"
    limits = fidelity_limits(tally, level, anytime=anytime)
    rows = tuple(zip(tally.labels, tally.passes, tally.trials, strict=True))
    return Evidence(name, limits, rows, tally)


def _added(scheme: Scheme, tables: Sequence[CountsTable]) -> Tally | str:
    total: Tally | None = None
    for table in tables:
        found = tally_of(scheme, table)
        if isinstance(found, str):
            return found
        total = found if total is None else total + found
    return total or "there are no counts"


def _scanned(tables: Sequence[CountsTable], target: State, level: float) -> Evidence | str:
    if len(tables) > 1:
        return "a parity scan is read from one table"
    found = ghz_scan.scan_limits(tables[0], target, level)
    if isinstance(found, str):
        return found
    limits, strata = found
    return Evidence(ghz_scan.NAME, limits, tuple((s.label, s.passes, s.trials) for s in strata))


def _direct(tables: Sequence[CountsTable], target: State, level: float) -> Evidence | str:
    """All stabilisers from whatever settings measure them."""
    found = direct_fidelity(tables[0], target, level)
    if found.value is None or len(tables) > 1:
        return found.reason or "all stabilisers are read from one table"
    return _limits_of(found, "all-stabilizers")


def _limits_of(found: DirectFidelity, protocol: str) -> Evidence | str:
    if found.value is None or found.low is None or found.high is None or found.method is None:
        return found.reason or "no limits"
    limits = FidelityLimits(
        found.value, found.std_error, found.low, found.high, found.method, found.guarantee or "exact"
    )
    return Evidence(protocol, limits, _rows_of(found.settings, found.passes, found.trials))


def _rows_of(
    labels: Sequence[str], passes: Sequence[float], trials: Sequence[float]
) -> tuple[tuple[str, float, float], ...]:
    return tuple(zip(labels, passes, trials, strict=True))


def _without_shot_noise(tables: Sequence[CountsTable], target: State, level: float) -> str:
    return direct_fidelity(tables[0], target, level).reason or "no limits without counts"
