"""What a fidelity report shows and hands on besides its number."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import Any

from qmono.core.counts import CountsTable
from qmono.core.metric import Metric
from qmono.core.report import Note, Section, Table
from qmono.quantum.fidelity import ghz_scan
from qmono.quantum.fidelity.evidence import TARGET_OUTCOME, Evidence
from qmono.quantum.fidelity.protocols import PROTOCOLS
from qmono.quantum.states import State

ROWS_SHOWN = 12


def headline(target: State, metric: Metric, level: float) -> str:
    """One line: the fidelity and its proven lower limit, or what is missing."""
    percent = f"{100 * level:g} %"
    if metric.low is None or metric.high is None:
        return f"fidelity to {target.name}: {metric.reason}"
    decimals = max(3, -floor(log10(metric.std_error))) if metric.std_error else 3
    low = f"at least {floor(metric.low.value * 10**decimals + 1e-9) / 10**decimals:.{decimals}f} ({percent})"
    if metric.value is None:
        return f"fidelity to {target.name} {low}"
    error = f"({round(metric.std_error * 10**decimals)})" if metric.std_error else ""
    return f"fidelity to {target.name} {metric.value:.{decimals}f}{error}, {low}"


def make_sections(
    tables: Sequence[CountsTable],
    target: State,
    found: Evidence | str,
    *,
    metric: Metric,
    bound: float | None,
    verdict: str,
    anytime: bool,
) -> tuple[Section, ...]:
    """Settings, protocol, when the verdict flips, what was assumed."""
    sections: list[Section] = []
    if isinstance(found, Evidence):
        if len(found.rows) <= ROWS_SHOWN:
            sections.append(_settings(found))
        sections.append(Note("protocol", _protocol(found)))
    sections.append(Note("certified", (_bound_words(target, bound),)))
    flips = _flips(metric, bound, verdict)
    if flips:
        sections.append(Note("flips if", (flips,)))
    if anytime:
        sections.append(Note("stopping", _stopping(tables)))
    sections.append(Note("assumed", _assumed(tables, found)))
    return tuple(sections)


def _settings(found: Evidence) -> Table:
    rows = tuple(
        (label, passes, trials, passes / trials if trials else None) for label, passes, trials in found.rows
    )
    return Table("settings", ("setting", "passes", "shots", "rate"), rows)


def _protocol(found: Evidence) -> tuple[str, ...]:
    if found.protocol == ghz_scan.NAME:
        summary = "populations and a parity scan, weighted for the angles measured"
    elif found.protocol == TARGET_OUTCOME:
        summary = "outcomes that are the projector on the target"
    else:
        summary = PROTOCOLS[found.protocol].summary
    return (f"{found.protocol}: {summary}; {found.shots:.9g} shots",)


def _bound_words(target: State, bound: float | None) -> str:
    if bound is None:
        return f"nothing is known here about separable states near {target.name}"
    if bound >= 1 - 1e-9:
        return f"{target.name} is a product across some cut: no fidelity certifies entanglement"
    kind = "entangled" if target.n_qubits == 2 else "genuinely multipartite entangled"
    return f"above {bound:.4g} a state is {kind}"


def _flips(metric: Metric, bound: float | None, verdict: str) -> str | None:
    """How large a bias would undo the verdict."""
    if bound is None or metric.low is None or metric.high is None:
        return None
    if verdict == "certified":
        return f"F is biased high by more than {_down(metric.low.value - bound)}"
    if verdict == "not-certified":
        return f"F is biased low by more than {_down(bound - metric.high.value)}"
    return None


def _down(number: float) -> str:
    return f"{floor(number * 1000) / 1000:.3f}"


def _stopping(tables: Sequence[CountsTable]) -> tuple[str, ...]:
    """Shots used and saved of a run that ended when it was decided, and how many runs are pooled."""
    lines = []
    used = int(tables[-1].total)
    stopping = tables[-1].metadata.get("stopping")
    if isinstance(stopping, dict) and "max_shots" in stopping:
        saved = int(stopping["max_shots"]) - used
        lines.append(f"{used} shots used, {saved} of at most {stopping['max_shots']} saved")
    if len(tables) > 1:
        lines.append(f"{len(tables)} runs pooled, {int(sum(table.total for table in tables))} shots in all")
    lines.append("limits hold at every look: to look, to stop or to run again costs nothing")
    return tuple(lines)


def _assumed(tables: Sequence[CountsTable], found: Evidence | str) -> tuple[str, ...]:
    table = tables[-1]
    kind = "Poisson" if table.statistics == "poisson" else "multinomial"
    lines = [f"shots independent; {kind} counts"]
    if isinstance(found, Evidence) and found.protocol in PROTOCOLS:
        lines.append(PROTOCOLS.load(found.protocol).assumes)
    origin = table.origin
    if origin is not None and (origin.bit_order or origin.setting_order):
        stated = "declared" if origin.declared else "assumed, not declared"
        orders = (
            f"outcomes {origin.bit_order or 'qubit0-first'}, labels {origin.setting_order or 'qubit0-first'}"
        )
        lines.append(f"{orders} ({stated})")
    if table.selection is not None:
        kept, dropped = table.selection.kept, table.selection.dropped
        reason = table.selection.reason
        lines.append(f"{kept} of {kept + dropped} trials kept ({reason}): nothing is said about the others")
    return tuple(lines)


def make_payload(
    tables: Sequence[CountsTable],
    target: State,
    found: Evidence | str,
    bound: float | None,
    *,
    anytime: bool,
) -> dict[str, Any]:
    """What a program may want: target, protocol, passes of each setting, bound, how the run ended."""
    payload: dict[str, Any] = {
        "target": target.name,
        "n_qubits": target.n_qubits,
        "separable_bound": bound,
        "anytime_valid": anytime,
        "runs": len(tables),
    }
    if isinstance(tables[-1].metadata.get("stopping"), dict):
        payload["stopping"] = tables[-1].metadata["stopping"]
    if isinstance(found, Evidence):
        payload |= {
            "protocol": found.protocol,
            "shots": found.shots,
            "settings": [
                {"setting": label, "passes": passes, "shots": trials} for label, passes, trials in found.rows
            ],
        }
        if found.tally is not None:
            lines = {"low": found.tally.scheme.low, "high": found.tally.scheme.high}
            payload["lines"] = {side: [line.offset, line.slope] for side, line in lines.items()}
    return payload
