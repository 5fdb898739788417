"""Which protocol a target allows, what each would cost, and the cheapest that reaches a wanted half-width."""

from __future__ import annotations

from dataclasses import dataclass

from qmono.errors import UsageError
from qmono.quantum.fidelity.protocols import PROTOCOLS
from qmono.quantum.fidelity.protocols.protocol import FidelityProtocol
from qmono.quantum.fidelity.scheme import Scheme
from qmono.quantum.states import State

AUTO = "auto"
WHOLE_SETTINGS = "every stabiliser in whole Pauli settings, as undoing readout errors needs"
SAME_COST = 1.05
"""Shots that differ by less than this factor cost the same; then the order of the catalogue decides."""


@dataclass(frozen=True)
class Goal:
    """What a measurement is planned for: limits `half_width` apart on either side, if F is `expected`."""

    half_width: float = 0.02
    expected: float = 0.95
    level: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.half_width < 1:
            raise UsageError(f"--half-width must lie between 0 and 1, got {self.half_width:g}")
        if not 0 < self.expected <= 1:
            raise UsageError(f"--expect must be a fidelity above 0, at most 1, got {self.expected:g}")


@dataclass(frozen=True)
class Candidate:
    """A protocol for one target: its scheme and the shots it needs, or the reason why it has none."""

    protocol: FidelityProtocol
    scheme: Scheme | None
    shots: int | None
    reason: str | None = None


def compare(target: State, goal: Goal) -> tuple[Candidate, ...]:
    """Every protocol of the catalogue for a target."""
    return tuple(_candidate(entry.load(), target, goal) for entry in PROTOCOLS)


def choose(target: State, name: str, goal: Goal, *, calibrated: bool = False) -> Scheme:
    """The scheme of a protocol by name; `auto`: the fewest shots to the goal among those with exact limits.

    calibrated: only schemes from whose counts readout errors can be undone. UsageError if there is no such
    protocol, or it cannot measure the target.
    """
    if name != AUTO:
        found = _candidate(PROTOCOLS.load(name), target, goal)
        if found.scheme is None:
            raise UsageError(f"protocol {name} cannot measure the fidelity to {target.name}: {found.reason}")
        if calibrated and not _is_correctable(found.scheme):
            raise UsageError(f"--calibrate: {name} does not measure {WHOLE_SETTINGS}")
        return found.scheme
    able = [item for item in compare(target, goal) if item.scheme is not None]
    if calibrated and able:
        able = [item for item in able if item.scheme is not None and _is_correctable(item.scheme)]
        if not able:
            raise UsageError(f"--calibrate: no protocol for {target.name} measures {WHOLE_SETTINGS}")
    if not able:
        raise UsageError(
            f"no protocol measures the fidelity to {target.name} without tomography: "
            "it is neither a stabiliser state nor a pure state of at most 8 qubits"
        )
    return best(able).scheme or able[0].scheme  # type: ignore[return-value]


def best(candidates: list[Candidate]) -> Candidate:
    """The first that costs at most 5 % more than the cheapest; the first of all if none reaches the goal."""
    costs = [item.shots for item in candidates if item.shots is not None]
    if not costs:
        return candidates[0]
    return next(
        item for item in candidates if item.shots is not None and item.shots <= SAME_COST * min(costs)
    )


def _is_correctable(scheme: Scheme) -> bool:
    return scheme.is_value and scheme.keeps_outcomes


def _candidate(protocol: FidelityProtocol, target: State, goal: Goal) -> Candidate:
    scheme = protocol.scheme(target)
    if isinstance(scheme, str):
        return Candidate(protocol, None, None, scheme)
    shots = scheme.shots_needed(goal.half_width, goal.expected, goal.level)
    reason = None if shots is not None else "its two limits stay further apart than that"
    return Candidate(protocol, scheme, shots, reason)
