"""The tomography report: from counts to a state, its entanglement with proven limits, and a verdict.

Order of the work: fit, look for what speaks against the fit, prove what can be proven without it, and with
it only if nothing failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from qmono.analysis.separability import ppt_margin
from qmono.analysis.shot_fidelity import shot_fidelity
from qmono.analysis.tomography.advice import advice_on, advice_payload, advice_sections
from qmono.analysis.tomography.bootstrap import Resampling, check_gof, check_percentiles
from qmono.analysis.tomography.checks import make_checks
from qmono.analysis.tomography.cuts import (
    Cut,
    cut_metrics,
    cuts_with_limits,
    negativity_of_fidelity,
    region_share,
)
from qmono.analysis.tomography.entanglement import (
    Pair,
    pair_metrics,
    pairs_of,
    state_metrics,
    two_qubit_metrics,
)
from qmono.analysis.tomography.fits import NO_COUNTS, Fits, fit_states
from qmono.analysis.tomography.goal import Goal, fidelity_metrics, resolve_goal
from qmono.analysis.tomography.models import fit_models, model_metrics, model_payload, model_sections
from qmono.analysis.tomography.payload import make_payload
from qmono.analysis.tomography.percentile_limits import SUFFIX, percentile_metrics
from qmono.analysis.tomography.sections import headline, make_sections
from qmono.analysis.tomography.statistical_tests import run_tests
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, missing
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Check, Report, trust_of
from qmono.quantum.states import State
from qmono.quantum.tomography.regions.region import likelihood_region
from qmono.quantum.tomography.regions.split_likelihood import split_region

PAIRS_SHARE = 0.1
"""Share of a verdict's error spent on the pairs of a register whose target's fidelity is also tested.

Cuts by the likelihood region have `region_share` of it, the fidelity the rest.
"""

ENTANGLEMENT = ("concurrence", "negativity")


def analyse_tomography(
    table: CountsTable,
    *,
    target: State | None = None,
    best_bell: bool = False,
    level: float = 0.95,
    estimator: str = "mle",
    gap: float = 0.01,
    models: Sequence[str] = (),
    rigorous: bool = False,
    gof: str = "auto",
    bootstrap: int | None = None,
    rng: np.random.Generator,
    progress: Progress = no_progress,
) -> Report:
    """Everything that a table of counts says about its state, as a `tomography` report.

    target: state whose fidelity is asked for. best_bell: the Bell state of highest fidelity instead, limits
    paying for the choice. level: of every one-sided limit. estimator: a name of ESTIMATORS. gap: nats the
    fit may miss. models: names of MODELS to fit beside the ideal measurement. rigorous: limits that rest on
    the fit hold at any number of shots, by splitting the shots at random. gof: where the p value of the fit
    comes from, bracket, auto or bootstrap. bootstrap: resamples of percentile limits, if they are wanted
    beside the others. rng: for the split and for resamples; no other limit depends on it. progress: of the
    resamples.
    Raises UsageError for a target of other dimensions, or best_bell without two qubits.
    """
    check_percentiles(bootstrap, level)
    how = Resampling(rng, check_gof(gof), bootstrap, progress)
    fits = fit_states(table, estimator, gap)
    modelled = fit_models(table, models, fits, gap)
    goal = resolve_goal(table, target, best_bell, level, fits)
    tests = run_tests(table, fits, goal, how)
    exact = partial(split_region, rng=rng) if rigorous else None
    region_of = (exact or likelihood_region) if tests.fit_holds else None
    metrics = fidelity_metrics(table, goal, fits, level, exact)
    metrics += model_metrics(table, goal, modelled, level)
    pairs: list[Pair] = []
    cuts: list[Cut] = []
    from_fit = False
    if table.n_qubits == 2:
        found, limits = two_qubit_metrics(table, goal, fits, level, region_of)
        metrics, from_fit = metrics + found, limits.from_fit
    elif table.n_qubits > 2:
        share = PAIRS_SHARE if goal.has_direct_limits else 1.0 - region_share(table)
        pairs = pairs_of(table, level, region_of, share * (1 - level))
        cuts = cuts_with_limits(table, goal, fits, level, region_of)
        metrics += pair_metrics(pairs, level) + cut_metrics(table, cuts, fits, level)
    metrics += state_metrics(table, fits) + _fit_metrics(fits, level)
    metrics += percentile_metrics(table, goal, fits, level, how)
    on_fit = _resting_on_fit(metrics, goal)
    checks = make_checks(table, goal, fits, tests, modelled, metrics=metrics, on_fit=on_fit)
    advice = advice_on(table, goal, fits) if tests.misfits else None
    named = {metric.name: metric for metric in metrics}
    is_pair = table.n_qubits == 2
    deciding = _deciding_of_pair(metrics) if is_pair else _deciding(table, goal, pairs, cuts, level)
    verdict = _verdict(table, deciding, checks, level)
    return Report(
        kind="tomography",
        title=headline(table, goal, named, verdict, level),
        verdict=verdict,
        trust=trust_of(checks),
        source=table.source,
        metrics=tuple(metrics),
        checks=checks,
        sections=(
            *model_sections(goal, modelled),
            *advice_sections(advice, fits),
            *make_sections(table, goal, fits, tests, named, pairs=pairs, from_fit=from_fit),
        ),
        payload=make_payload(table, goal, fits, tests) | model_payload(modelled) | advice_payload(advice),
    )


def _fit_metrics(fits: Fits, level: float) -> list[Metric]:
    """What is known about the fit itself; the p value is a bracket, its upper end the one judged."""
    fit, goodness = fits.likelihood, fits.goodness
    empty = fits.missing == NO_COUNTS
    if empty or fit is None or fit.log_likelihood is None or fit.likelihood_gap is None:
        reason = NO_COUNTS if empty else f"the estimator {fits.main.estimator} has no likelihood"
        return [missing(name, reason) for name in ("log_likelihood", "likelihood_gap", "goodness_of_fit_p")]
    none, proven = (Limit(nats, "certificate", "exact") for nats in (0.0, fit.likelihood_gap))
    found = [
        Metric("log_likelihood", fit.log_likelihood, unit="nat", reason="at the fit"),
        Metric("likelihood_gap", fit.likelihood_gap, low=none, high=proven, unit="nat"),
    ]
    if goodness is None or goodness.p_low is None or goodness.p_high is None:
        return [*found, missing("goodness_of_fit_p", goodness.reason or "no test" if goodness else "no test")]
    method = f"chi-square, {goodness.degrees_low} to {goodness.degrees_high} degrees"
    low, high = (Limit(p, method, "asymptotic") for p in (goodness.p_low, goodness.p_high))
    return [*found, Metric("goodness_of_fit_p", goodness.p_high, level=level, low=low, high=high)]


def _resting_on_fit(metrics: list[Metric], goal: Goal) -> tuple[str, ...]:
    """Names of the numbers that are gone if the model does not hold."""
    names = ["fidelity_mle", "purity", "von_neumann_entropy"]
    names += [metric.name for metric in metrics if SUFFIX in metric.name]
    if goal.direct is None or goal.direct.value is None:
        names.append("fidelity")
    entanglement = ("concurrence", "tangle", "negativity", "log_negativity", "entanglement_of_formation")
    names += [
        metric.name
        for metric in metrics
        if metric.name.partition("[")[0] in entanglement
        and (metric.low is None or not metric.low.method.startswith("fidelity limit"))
    ]
    present = {metric.name for metric in metrics}
    return tuple(name for name in names if name in present)


def _verdict(table: CountsTable, deciding: list[str], checks: tuple[Check, ...], level: float) -> str:
    """entangled if a proven lower limit is above zero and nothing voids it; separable only if certified."""
    failed = [set(check.voids) for check in checks if check.status == "fail"]
    if any(not any(name in voids for voids in failed) for name in deciding):
        return "entangled"
    if deciding or any(check.name == "values" and check.status == "fail" for check in checks):
        return "untrusted-data"
    margin = ppt_margin(table, level)
    return "separable" if margin is not None and margin >= 0 else "inconclusive"


def _deciding_of_pair(metrics: list[Metric]) -> list[str]:
    """Names of the metrics of two qubits that prove entanglement."""
    return [
        metric.name
        for metric in metrics
        if metric.name in ENTANGLEMENT and metric.low is not None and metric.low.value > 0
    ]


def _deciding(table: CountsTable, goal: Goal, pairs: list[Pair], cuts: list[Cut], level: float) -> list[str]:
    """Names of the metrics of a register that prove entanglement, all of them together at `level`."""
    found = [f"concurrence[{pair.index}]" for pair in pairs if pair.proven]
    found += [f"negativity[{cut.index}]" for cut in cuts if cut.by_region and cut.by_region.value > 0]
    if goal.has_direct_limits and goal.target is not None and goal.target.psi is not None:
        error = (1 - PAIRS_SHARE - region_share(table)) * (1 - level)
        low = shot_fidelity(table, goal.target, 1 - error).low or 0.0
        found += [
            f"negativity[{cut.index}]"
            for cut in cuts
            if negativity_of_fidelity(low, goal.target.psi, table.n_qubits, cut.side) > 0
        ]
    return list(dict.fromkeys(found))
