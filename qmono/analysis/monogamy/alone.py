"""One measured pair on its own: what is left for anybody else, and how many could hold copies of it."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from qmono.analysis.monogamy.checks import calibration_check, fit_check, source_of, values_check
from qmono.analysis.monogamy.hubs import Judgement, headroom_metric
from qmono.analysis.monogamy.left_for_others import copies_sentences, extendibility, third_party_metric
from qmono.analysis.monogamy.links import Link, measure_link
from qmono.core.counts import CountsTable
from qmono.core.metric import Metric
from qmono.core.report import Note, Report, trust_of
from qmono.quantum.monogamy import star


def report_on_alone(table: CountsTable, *, level: float) -> Report:
    """The report of counts of two qubits: their limits, and what those leave for a third party."""
    link = measure_link((0, 1), table, error=1 - level, level=level)
    # both ends have this one pair, so what is left is the same at either
    left = replace(third_party_metric(0, [link], level), name="third_party_fidelity")
    budget = replace(
        headroom_metric(0, Judgement(star.RELATION, (link.fidelity,)), level), name="budget_headroom"
    )
    tables = {"the counts": table}
    checks = (fit_check({"the counts": link.fit_test}), values_check(tables), calibration_check(tables))
    return Report(
        kind="monogamy",
        title=_title(link, left, level),
        verdict="not-applicable",
        trust=trust_of(checks),
        source=source_of([table]),
        metrics=(*link.metrics, extendibility(link), budget, left),
        checks=checks,
        sections=(
            Note("verdict", ("one pair contradicts nothing; give others that share a qubit with --pair",)),
            Note("extensions", copies_sentences(link)),
            Note("flips if", _flips_if(link)),
            Note("assumed", ("both are qubits; the third party's are whatever they like",)),
        ),
        payload={"bell_state": link.bell, "not_extendible_to": link.copies.excluded},
    )


def _title(link: Link, left: Metric, level: float) -> str:
    if left.high is None or not link.has_limits:
        return "the pair has no limits, so nothing is known of what others can share"
    if left.high.value >= 1.0:
        return "the pair is not entangled enough to keep anybody from either qubit"
    most = ceil(1000 * left.high.value) / 1000
    return f"a third party has at most fidelity {most:.3f} with either qubit ({100 * level:g} %)"


def _flips_if(link: Link) -> tuple[str, ...]:
    low = link.fidelity.low
    if low is None or low.value <= 0.25:
        return ()
    return (f"F is biased high by more than {low.value - 0.25:.3f}: then nothing is kept from a third party",)
