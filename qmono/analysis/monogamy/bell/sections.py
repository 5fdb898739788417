"""What a report of Bell tests of all pairs says to people: tables and notes, all from numbers that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qmono.analysis.monogamy.bell.hubs import ALLOWED, BellHub, JudgedPairs, bias_that_flips, left_beside
from qmono.analysis.monogamy.bell.pairs import tests_table
from qmono.analysis.monogamy.bell.table import BellTable
from qmono.analysis.monogamy.records import Pair, pair_name
from qmono.core.report import Cell, Check, Note, Section, Table
from qmono.quantum.bell.chsh import LOCAL_BOUND
from qmono.quantum.bell.pair_trials import PairTrials
from qmono.quantum.limits import holm

NAMED = 6
"""More pairs than this are counted, not named."""


def joint_chsh_sections(judged: JudgedPairs, verdict: str, checks: Sequence[Check]) -> list[Section]:
    """Every section, in the order of importance."""
    found, trials, hubs = judged.found, judged.trials, judged.hubs
    notes = [
        Note("verdict", _meaning(verdict)),
        Note("S > 2", _violated_pairs(judged, checks)),
        Note("leaves", tuple(map(left_beside, _strong(hubs)))),
        Note("look at, in this order", _doubts(found, checks) if verdict == "violated" else ()),
        Note("flips if", _flips_if(hubs, verdict)),
        Note("left out", _left_out(trials)),
        Note("not tested", _not_tested(found, trials)),
        Note("assumed", _assumed(found, trials)),
    ]
    tables = [tests_table(judged.tests), _budget_table(hubs)] if judged.tests else []
    return [*tables, *(note for note in notes if note.lines)]


def _budget_table(hubs: Sequence[BellHub]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (hub.qubit, hub.measured.used, hub.judgement.low.used, hub.judgement.high.used, ALLOWED)
        for hub in hubs
    ]
    return Table(
        "S^2 + S'^2 at a qubit", ("qubit", "measured", "at least", "at most", "allowed"), tuple(rows)
    )


def _meaning(verdict: str) -> tuple[str, ...]:
    return {
        "violated": (
            "no state, and no mixture of states, does this if each qubit was measured in two ways only:",
            "the excess is about the data (cross-talk, blocks of different states, labels), not about nature",
        ),
        "satisfied": ("as one state must; that there is one is not shown by it",),
        "inconclusive": (),
        "not-applicable": ("the relation binds two pairs at one qubit, each with its four settings",),
    }[verdict]


def _violated_pairs(judged: JudgedPairs, checks: Sequence[Check]) -> tuple[str, ...]:
    """The pairs whose S <= 2 is rejected with all of them paid for."""
    tests, level = judged.tests, judged.level
    if not tests:
        return ()
    adjusted = holm([10.0 ** max(test.log10_p, -300.0) for test in tests])
    above = [pair_name(test.pair) for test, p in zip(tests, adjusted, strict=True) if p <= 1 - level]
    named = _listed(above) if above else "no pair"
    lines = [f"shown of {named}: {len(tests)} tested, Holm's correction at {100 * level:g} %"]
    if above and any(check.name == "no-signalling" and check.status == "fail" for check in checks):
        lines.append("which takes no entanglement where qubits see each other's settings")
    return tuple(lines)


def _strong(hubs: Sequence[BellHub]) -> list[BellHub]:
    """Hubs whose strongest pair keeps the others below 2, each such pair once."""
    seen: dict[Pair, BellHub] = {}
    for hub in hubs:
        if hub.strongest.least > LOCAL_BOUND and not hub.judgement.is_broken:
            seen.setdefault(hub.strongest.pair, hub)
    return list(seen.values())


def _doubts(found: BellTable, checks: Sequence[Check]) -> tuple[str, ...]:
    said = {check.name: check for check in checks}
    selection = found.table.selection
    dropped = "no shots are said to be dropped: selected all the same?"
    if selection is not None and selection.dropped:
        dropped = f"{selection.dropped} trials were dropped ({selection.reason}): by what was measured?"
    return (
        f"cross-talk: {said['no-signalling'].message}",
        f"time: {said['drift'].message}; were the blocks of one preparation?",
        "labels: does every row name what was measured on every qubit, in this order?",
        f"selection: {dropped}",
    )


def _flips_if(hubs: Sequence[BellHub], verdict: str) -> tuple[str, ...]:
    if verdict == "violated":
        worst = min((hub for hub in hubs if hub.judgement.is_broken), key=lambda hub: -hub.common_bias)
        return (bias_that_flips(worst),)
    if verdict == "satisfied":
        nearest = min(hubs, key=lambda hub: hub.common_bias)
        return (bias_that_flips(nearest),)
    return ()


def _left_out(trials: Mapping[Pair, PairTrials]) -> tuple[str, ...]:
    thinned = {pair: item for pair, item in trials.items() if item.kept < item.trials}
    if not thinned:
        return ()
    worst = min(thinned, key=lambda pair: thinned[pair].kept / thinned[pair].trials)
    item = thinned[worst]
    return (
        f"blocks are unequal, so trials of {len(thinned)} pairs were left out at random until what the other "
        f"qubits were set to has one share in all four settings; of {pair_name(worst)} "
        f"{item.kept} of {item.trials} are left",
    )


def _not_tested(found: BellTable, trials: Mapping[Pair, PairTrials]) -> tuple[str, ...]:
    missing = [pair for pair in found.pairs if pair not in trials]
    if not missing or found.table.values != "counts":
        return ()
    first = missing[0]
    why = f"no counts in its setting {', '.join(found.unmeasured(first))}"
    if len(missing) == 1:
        return (f"{pair_name(first)}: {why}",)
    return (f"{_listed([pair_name(pair) for pair in missing])}; of {pair_name(first)}: {why}",)


def _assumed(found: BellTable, trials: Mapping[Pair, PairTrials]) -> tuple[str, ...]:
    lines = [
        "settings random in every trial, each qubit's apart from the others'; memory allowed"
        if found.design == "random"
        else "fixed blocks, independent trials"
    ]
    apart = [pair_name(pair) for pair, item in trials.items() if not item.has_contexts]
    if apart and found.design != "random":
        lines.append(
            f"{_listed(apart)}: their settings were measured beside different settings of the other qubits, "
            "which neither state nor measurements depend on"
        )
    signs = found.table.signs
    lines.append(
        f"signs {signs} for every pair, as declared" if signs else "signs of each pair picked: paid for"
    )
    lines.append(_kept(found))
    return (*lines, found.mapping) if found.mapping else tuple(lines)


def _kept(found: BellTable) -> str:
    kept = found.table.selection
    if kept is None or not kept.dropped:
        return "all shots kept"
    return f"fair sampling: {kept.kept} trials kept, {kept.dropped} dropped before ({kept.reason})"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} pairs"
