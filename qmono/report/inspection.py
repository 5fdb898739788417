"""What `qmono inspect` says to people: one fact a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from qmono.analysis.inspection import Inspection, OrderEffect, ReadingNumbers, RowSummary
from qmono.report.layout import wrapped

INDENT = 14


def render_inspection(found: Inspection, out: TextIO, width: int = 80) -> None:
    """Write the inspection as plain text, at most as wide as asked."""
    for name, text in _facts(found):
        for line in wrapped(text, width, f"{name:<{INDENT}}", " " * INDENT):
            out.write(f"{line}\n")


def _facts(found: Inspection) -> Iterator[tuple[str, str]]:
    yield "file", found.name or "in memory"
    yield "format", found.format or "none"
    yield "holds", _contents(found)
    for rows in found.rows:
        yield rows.kind, _rows(rows)
        if rows.measured_by:
            yield "  by", ", ".join(rows.measured_by)
        if rows.n_missing:
            yield "  missing", _named(rows.missing, rows.n_missing)
        if rows.n_empty:
            yield "  empty", _named(rows.empty, rows.n_empty)
    if found.values == "averages":
        yield "averages", _averages(found)
    yield "orders", _orders(found)
    yield "other order", _order_effect(found.order_effect) if found.order_effect else str(found.order_reason)
    yield "design", _design(found)
    yield "rounds", str(found.n_rounds) if found.n_rounds else "not recorded: drift would go unnoticed"
    yield "selection", _selection(found)
    yield "calibration", _calibration(found)


def _contents(found: Inspection) -> str:
    qubits = "1 qubit" if found.n_qubits == 1 else f"{found.n_qubits} qubits"
    restored = f", averages of {found.mean_of} multiplied back" if found.mean_of else ""
    source = {"simulated": " (SIMULATED)", "hardware": " from hardware"}.get(found.source, "")
    kind = f"{found.statistics} {found.values}{source}"
    return f"{qubits}, {kind}, {found.total:,.10g} in all{restored}"


def _rows(rows: RowSummary) -> str:
    if rows.smallest == rows.largest:
        return f"{rows.n_rows} of {rows.smallest:,.10g} each"
    return f"{rows.n_rows}, from {rows.smallest:,.10g} to {rows.largest:,.10g} each"


def _named(names: tuple[str, ...], count: int) -> str:
    more = f" and {count - len(names)} more" if count > len(names) else ""
    return f"{count}: {' '.join(names)}{more}"


def _averages(found: Inspection) -> str:
    if found.likely_mean_of is None:
        return "the numbers are not whole; no shot noise, and so no limits, until --mean-of N"
    return (
        f"all numbers times {found.likely_mean_of} are whole: averages of {found.likely_mean_of}? "
        f"--mean-of {found.likely_mean_of} gives limits"
    )


def _orders(found: Inspection) -> str:
    outcomes = f"outcomes {found.bit_order}" if found.bit_order else "no outcome strings"
    labels = f"labels {found.setting_order}" if found.setting_order else "no labels"
    assumed = "" if found.order_declared else " (assumed: nobody said; see --bit-order)"
    return f"{outcomes}, {labels}{assumed}"


def _order_effect(effect: OrderEffect) -> str:
    better = "fits better" if effect.nats < 0 else "fits worse"
    clear = "; ONE ORDER IS REVERSED, as far as the counts can tell" if effect.one_is_reversed else ""
    return (
        f"as read: {_numbers(effect.as_read)}; outcomes reversed: {_numbers(effect.reversed)}, "
        f"which {better} by {abs(effect.nats):.1f} nats{clear}"
    )


def _numbers(numbers: ReadingNumbers) -> str:
    parts = [f"purity {numbers.purity:.3f}"]
    if numbers.bell_fidelity is not None:
        parts.append(f"F({numbers.bell_state}) {numbers.bell_fidelity:.3f}")
    if numbers.concurrence is not None:
        parts.append(f"concurrence {numbers.concurrence:.3f}")
    return ", ".join(parts)


def _design(found: Inspection) -> str:
    return f"{found.design or 'not declared'}, CHSH signs {found.signs or 'not declared'}"


def _selection(found: Inspection) -> str:
    if found.kept is None:
        return "not recorded"
    return f"{found.kept} trials kept, {found.dropped} dropped"


def _calibration(found: Inspection) -> str:
    taken = found.calibration_taken or "at an unknown time"
    if found.stated_readout is not None:
        return f"a {found.stated_readout} stated without counts, taken {taken}: limits with it are indicative"
    if not found.calibrated_states:
        return "none: readout errors count against the state"
    return f"{found.calibrated_states} prepared states, taken {taken}"
