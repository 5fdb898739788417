"""Bell tests of all pairs inside one table: n qubits with two inputs each, every pair judged by CHSH.

One state measured in one way can only keep S^2 + S'^2 <= 8 at a shared qubit; so can any mixture or
sequence of states, because the numbers that are allowed form a disc. An excess therefore says that the counts
are of no such thing: cross-talk, blocks of different states, wrong labels.

Levels. The same shots serve every pair, so the error 1 - level is shared equally by the pairs that were
tested: lower limits hold together at `level`, and so do upper ones. p values of S <= 2 are Holm-corrected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qmono.analysis.monogamy.bell.checks import joint_chsh_checks
from qmono.analysis.monogamy.bell.hubs import ALLOWED, BellHub, JudgedPairs, hubs_of
from qmono.analysis.monogamy.bell.pairs import judge_counts
from qmono.analysis.monogamy.bell.sections import joint_chsh_sections
from qmono.analysis.monogamy.bell.table import BellTable
from qmono.analysis.monogamy.checks import source_of
from qmono.analysis.monogamy.hubs import bell_headroom_metric
from qmono.analysis.monogamy.links import NO_LIMITS
from qmono.analysis.monogamy.records import Pair, pair_name
from qmono.core.metric import Metric, missing
from qmono.core.report import Check, Report, trust_of
from qmono.quantum.bell.pair_trials import PairTrials, pair_trials
from qmono.quantum.measures.measure import pair_index
from qmono.quantum.monogamy import bell


def report_on_joint_chsh(found: BellTable, *, level: float, rng: np.random.Generator) -> Report:
    """The report. rng: thins blocks of unequal size, see `quantum.bell.pair_trials`."""
    judged = _judged(found, level, rng)
    checks = joint_chsh_checks(found, list(judged.trials))
    verdict, title = _verdict(judged, checks)
    return Report(
        kind="monogamy",
        title=title,
        verdict=verdict,
        trust=trust_of(checks),
        source=source_of([found.table]),
        metrics=(
            *(test.value for test in judged.tests),
            *(_untested(found, pair) for pair in found.pairs if pair not in judged.trials),
            *(bell_headroom_metric(hub.qubit, hub.judgement, level) for hub in judged.hubs),
        ),
        checks=checks,
        sections=tuple(joint_chsh_sections(judged, verdict, checks)),
        payload=_payload(judged),
    )


def _judged(found: BellTable, level: float, rng: np.random.Generator) -> JudgedPairs:
    trials = _trials(found, rng)
    error = (1 - level) / max(len(trials), 1)
    tests = tuple(
        judge_counts(pair, item.counts, found.table.signs, found.design, error=error, level=level)
        for pair, item in trials.items()
    )
    return JudgedPairs(found, trials, tests, hubs_of(tests), level)


def _trials(found: BellTable, rng: np.random.Generator) -> Mapping[Pair, PairTrials]:
    """The pairs that can be judged."""
    if found.table.values != "counts":
        return {}
    measured = [pair for pair in found.pairs if not found.unmeasured(pair)]
    return {pair: pair_trials(found.counts, found.inputs, pair, found.design, rng) for pair in measured}


def _untested(found: BellTable, pair: Pair) -> Metric:
    why = NO_LIMITS.get(found.table.values) or f"no counts in setting {', '.join(found.unmeasured(pair))}"
    return missing(f"S[{pair_index(pair)}]", why)


def _verdict(judged: JudgedPairs, checks: Sequence[Check]) -> tuple[str, str]:
    values, hubs = judged.found.table.values, judged.hubs
    if values != "counts":
        return "inconclusive", f"Bell tests of these numbers have no limits ({NO_LIMITS[values]})"
    if not hubs:
        return "not-applicable", "no qubit has two pairs with counts in all four of their settings"
    broken = next((hub for hub in hubs if hub.judgement.is_broken), None)
    if broken is not None:
        used, where = broken.judgement.low.used, f"at qubit {broken.qubit}, {ALLOWED:g} allowed"
        least = f"S^2 + S'^2 at least {used:.2f} {where}"
        return "violated", f"no state measured in one way gives these counts: {least}"
    failed = [check for check in checks if check.status == "fail" and check.voids]
    if failed:
        return "inconclusive", f"{failed[0].message}: the failed check is the alarm"
    return _of_limits(hubs)


def _of_limits(hubs: Sequence[BellHub]) -> tuple[str, str]:
    fullest = max(hubs, key=lambda hub: hub.judgement.high.used)
    used = f"at most {_up(fullest.judgement.high.used)} of {ALLOWED:g}"
    if all(hub.judgement.is_kept for hub in hubs):
        return "satisfied", f"Bell monogamy is kept at every qubit, S^2 + S'^2 {used}"
    strongest = fullest.strongest
    return (
        "inconclusive",
        f"the limits of S^2 + S'^2 at qubit {fullest.qubit} leave room on both sides of {ALLOWED:g} "
        f"(S {pair_name(strongest.pair)} at least {strongest.least:.3f})",
    )


def _up(number: float) -> str:
    return f"{np.ceil(100 * number) / 100:.2f}"


def _payload(judged: JudgedPairs) -> Mapping[str, Any]:
    found, trials = judged.found, judged.trials
    return {
        "joint_level": judged.level,
        "relation": bell.RELATION.statement,
        "design": found.design,
        "design_declared": found.table.design,
        "inputs_assumed": found.mapping,
        "pairs": {
            pair_index(test.pair): {
                "counts": trials[test.pair].counts.tolist(),
                "trials": trials[test.pair].trials,
                "kept": trials[test.pair].kept,
                "within_contexts": trials[test.pair].has_contexts,
                "log10_p_value": test.log10_p,
                "most_of_either_sign": test.most,
            }
            for test in judged.tests
        },
        "hubs": {
            str(hub.qubit): {
                "pairs": [list(test.pair) for test in hub.tests],
                "bell_used": {
                    "value": hub.measured.used,
                    "low": hub.judgement.low.used,
                    "high": hub.judgement.high.used,
                },
            }
            for hub in judged.hubs
        },
    }
