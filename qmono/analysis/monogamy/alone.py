"""One measured pair on its own: what is left for anybody else.

Two rules, both at the lower limit F of the pair's fidelity to a maximally entangled state. The star rule: a
third party has with either qubit at most cos^2(60 deg - arccos sqrt F) with any such state. Extensions: a
pair that k parties could share alike has F <= (k + 1)/(2 k); a larger F proves that no k of them hold copies.
Werner, Lett. Math. Phys. 17 (1989) 359; Kay et al., PRL 103 (2009) 050501.
"""

from __future__ import annotations

from math import ceil, floor

from qmono.analysis.monogamy.checks import calibration_check, fit_check, source_of, values_check
from qmono.analysis.monogamy.links import Link, measure_link
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, missing
from qmono.core.report import Note, Report, trust_of
from qmono.quantum.monogamy import star


def report_on_alone(table: CountsTable, *, level: float) -> Report:
    """The report of counts of two qubits: their limits, and what those leave for a third party."""
    link = measure_link((0, 1), table, error=1 - level, level=level)
    low = link.fidelity.low.value if link.fidelity.low else None
    tables = {"the counts": table}
    checks = (fit_check({"the counts": link.fit_test}), values_check(tables), calibration_check(tables))
    return Report(
        kind="monogamy",
        title=_title(link, low, level),
        verdict="not-applicable",
        trust=trust_of(checks),
        source=source_of([table]),
        metrics=(link.fidelity, link.concurrence, link.tangle, _left(link, level)),
        checks=checks,
        sections=(
            Note("verdict", ("one pair contradicts nothing; give others that share a qubit with --pair",)),
            Note("extensions", (_extensions(low),)),
            Note("flips if", _flips_if(low)),
            Note("assumed", ("both are qubits; the third party's are whatever they like",)),
        ),
        payload={"bell_state": link.bell, "not_extendible_to": _smallest_excluded(low)},
    )


def _left(link: Link, level: float) -> Metric:
    name, limit = "third_party_fidelity", link.fidelity.low
    if limit is None:
        return missing(name, f"the pair's fidelity has no lower limit: {link.fidelity.reason}")
    high = Limit(star.largest_remaining([limit.value]), f"star rule on {limit.method}", limit.guarantee)
    return Metric(name, None, level=level, high=high, reason="a bound on what others can have")


def _title(link: Link, low: float | None, level: float) -> str:
    if low is None:
        return "the pair's fidelity has no limits, so nothing is known of what others can share"
    room = star.largest_remaining([low])
    if room >= 1.0:
        return "the pair is not entangled enough to keep anybody from either qubit"
    most = ceil(1000 * room) / 1000
    return f"a third party has at most fidelity {most:.3f} with either qubit ({100 * level:g} %)"


def _smallest_excluded(low: float | None) -> int | None:
    """The smallest k with F > (k + 1)/(2 k): k parties cannot hold copies. None if there is no such k."""
    if low is None or low <= 0.5:
        return None
    return max(2, floor(1 / (2 * low - 1)) + 1)


def _extensions(low: float | None) -> str:
    k = _smallest_excluded(low)
    if k is None:
        return "not excluded: any number of parties may hold a copy of either qubit's share"
    return f"no {k} parties can hold the same share of either qubit: not {k}-extendible"


def _flips_if(low: float | None) -> tuple[str, ...]:
    if low is None or low <= 0.25:
        return ()
    return (f"F is biased high by more than {low - 0.25:.3f}: then nothing is kept from a third party",)
