"""The checks of a monogamy report: does the fit hold, are these counts, is the readout known?"""

from __future__ import annotations

from collections.abc import Sequence

from qmono.analysis.monogamy.links import NO_LIMITS, Link, has_failed
from qmono.analysis.monogamy.records import Pairs, file_name
from qmono.core.counts import CountsTable
from qmono.core.report import Check
from qmono.core.vocabulary import Source
from qmono.quantum.tomography.diagnosis.goodness_of_fit import GoodnessOfFit
from qmono.quantum.tomography.fit.estimate import StateEstimate

WORTH_A_WARNING = 0.01


def pair_checks(links: Sequence[Link], pairs: Pairs) -> tuple[Check, ...]:
    """One check of each kind over all files."""
    tests = {file_name(link.pair, pairs[link.pair]): link.fit_test for link in links}
    tables = {file_name(pair, table): table for pair, table in pairs.items()}
    return (fit_check(tests), values_check(tables), calibration_check(tables))


def fit_check(tests: dict[str, GoodnessOfFit | None], voids: tuple[str, ...] = ()) -> Check:
    """Goodness of fit of every file; p values count times the number of files.

    Limits from a failed fit are not given in the first place; `voids` names what else rests on it.
    """
    found = {name: test for name, test in tests.items() if test is not None and test.p_high is not None}
    if not found:
        reasons = [test.reason for test in tests.values() if test is not None and test.reason]
        message = reasons[0] if reasons else "the rows do not determine a state that could be tested"
        return Check("goodness-of-fit", "no-data", message)
    worst = min(found, key=lambda name: found[name].p_high or 0.0)
    test = found[worst]
    p = min(1.0, len(tests) * (test.p_high or 0.0))
    effect = f"deviance {test.dispersion:.2f} per degree of freedom" if test.dispersion is not None else None
    if has_failed(test, len(tests)):
        message = f"{worst}: no state explains these counts; limits from the fit are not given"
        return Check("goodness-of-fit", "fail", message, p, effect, voids)
    if p < WORTH_A_WARNING:
        return Check("goodness-of-fit", "warn", f"{worst}: the fit is poor", p, effect)
    message = (
        "the fit explains the counts" if len(tests) == 1 else f"every fit explains its counts; worst {worst}"
    )
    return Check("goodness-of-fit", "pass", message, p, effect)


def gap_check(fit: StateEstimate | None) -> Check:
    """Whether the fit is proven to be near the maximum of the likelihood."""
    if fit is None or fit.likelihood_gap is None:
        return Check("likelihood-gap", "not-applicable", "there is no maximum-likelihood fit")
    effect = f"{fit.likelihood_gap:.2g} nat"
    if not fit.converged:
        return Check(
            "likelihood-gap", "warn", "the fit is farther from the optimum than asked for", effect=effect
        )
    return Check("likelihood-gap", "pass", f"the fit is within {effect} of the optimum", effect=effect)


def values_check(tables: dict[str, CountsTable]) -> Check:
    """Whether the numbers are counts, which alone have limits."""
    others = {name: NO_LIMITS[table.values] for name, table in tables.items() if table.values != "counts"}
    if not others:
        return Check("values", "pass", "all numbers are counts")
    return Check("values", "warn", "; ".join(f"{name}: {reason}" for name, reason in others.items()))


def calibration_check(tables: dict[str, CountsTable]) -> Check:
    """Readout calibration: never corrected for here, so no systematic error is in the limits."""
    without = [name for name, table in tables.items() if table.calibration is None]
    message = "no systematic error is in these limits"
    if without:
        return Check("calibration", "no-data", f"no calibration in {', '.join(without)}: {message}")
    return Check("calibration", "pass", f"readout calibration is recorded and not applied: {message}")


def source_of(tables: Sequence[CountsTable]) -> Source:
    """`simulated` if any file is, `hardware` if all are."""
    sources = {table.source for table in tables}
    if "simulated" in sources:
        return "simulated"
    return "hardware" if sources == {"hardware"} else "file"
