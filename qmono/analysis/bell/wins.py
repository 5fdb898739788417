"""A Bell test of which only wins and trials are known: S, limits and p value, but no check of the data."""

from __future__ import annotations

from math import log10, sqrt

import numpy as np

from qmono.analysis.bell.certificates import certificates, refused
from qmono.analysis.bell.checks import tsirelson_of_wins
from qmono.analysis.bell.declared import Declared
from qmono.analysis.bell.loopholes import loopholes
from qmono.analysis.bell.metrics import metrics
from qmono.analysis.bell.premises import calibration_check, values_check
from qmono.analysis.bell.sections import assumed_lines, flips_if, standard_errors, title
from qmono.core.counts import WINS, CountsTable
from qmono.core.metric import exact, missing
from qmono.core.report import Check, Note, Report, trust_of
from qmono.core.vocabulary import Design
from qmono.errors import UsageError
from qmono.quantum.bell.chsh import LOCAL_BOUND, USUAL_SIGNS
from qmono.quantum.bell.chsh_estimate import ChshEvidence, Game, beside_p
from qmono.quantum.bell.p_values import log10_p_value


def is_wins_only(table: CountsTable) -> bool:
    """Whether a table holds nothing but trials won and lost."""
    return table.parities is not None and table.parities.labels == (WINS,)


def wins_report(table: CountsTable, said: Declared, level: float) -> Report:
    """The report of wins and trials of the CHSH game with equally frequent settings: S = 8 k/n - 4."""
    if said.statistic not in ("wins", "betting"):
        raise UsageError(f"--statistic {said.statistic} needs all outcomes; here are wins and trials only")
    if table.parities is None:
        raise ValueError("the table holds no wins")
    won, lost = (int(number) for number in table.parities.counts[0])
    if won + lost == 0:
        return _without_trials(table, said, level)
    evidence = _evidence(won, won + lost, said, level)
    checks = (
        _design_check(said),
        Check("no-signalling", "no-data", "wins do not show the outcomes of single parties"),
        tsirelson_of_wins(evidence),
        values_check(table),
        calibration_check(),
    )
    verdict = "violated" if evidence.is_violated else "inconclusive"
    verdict = "not-violated" if evidence.high < LOCAL_BOUND else verdict
    verdict = "untrusted-data" if trust_of(checks) == "failed" else verdict
    notes = [
        Note("assumed", assumed_lines(table, evidence)),
        flips_if(verdict, evidence),
        loopholes(table, evidence.design),
        standard_errors(evidence),
    ]
    return Report(
        kind="bell-test",
        title=title(verdict, evidence),
        verdict=verdict,
        trust=trust_of(checks),
        source=table.source,
        metrics=(*metrics(evidence), *certificates(evidence.low, level, said.certificates, said.qber)),
        checks=checks,
        sections=tuple(note for note in notes if note),
        payload={
            "inequality": "chsh",
            "local_bound": LOCAL_BOUND,
            "design": evidence.design,
            "design_declared": said.design,
            "rng_bias": said.rng_bias,
            "statistic": said.statistic,
            "standard_errors_above_2": evidence.naive_z,
        },
    )


def _evidence(won: int, trials: int, said: Declared, level: float) -> ChshEvidence:
    design: Design = said.design or "fixed-blocks"
    bias = said.bias_of(design)
    totals = trials // 4 + (np.arange(4) < trials % 4).astype(np.int64).reshape(2, 2)
    wins = won // 4 + (np.arange(4) < won % 4).astype(np.int64).reshape(2, 2)
    game = Game((wins,), totals, design, bias)
    log10_e = game.log10_e_value()
    direct = log10_p_value(wins, totals, design, rng_bias=bias)
    log10_p = min(-log10_e, 0.0) if said.statistic == "betting" else direct
    low, high = game.limits(1 - level, said.statistic)
    share = won / trials
    return ChshEvidence(
        signs=said.signs or USUAL_SIGNS,
        versions=1,
        design=design,
        rng_bias=bias,
        statistic=said.statistic,
        level=level,
        s_value=8 * share - 4,
        std_error=8 * sqrt(share * (1 - share) / trials),
        wins=wins,
        totals=totals,
        log10_p=log10_p,
        log10_e=log10_e,
        low=beside_p(low, log10_p, level),
        high=high,
    )


def _design_check(said: Declared) -> Check:
    if said.design is None:
        return Check("design", "warn", "NOT DECLARED: judged as fixed blocks of equal size")
    words = {"random": "settings random in every trial", "fixed-blocks": "fixed blocks of equal size"}
    return Check("design", "pass", f"{words[said.design]}, as declared")


def _without_trials(table: CountsTable, said: Declared, level: float) -> Report:
    why = "no trials"
    checks = (_design_check(said), calibration_check())
    return Report(
        kind="bell-test",
        title="S cannot be given: no trials",
        verdict="insufficient-data",
        trust=trust_of(checks),
        source=table.source,
        metrics=(
            missing("S", why),
            exact("p_value", 1.0),
            exact("log10_p_value", log10(1.0)),
            exact("wins", 0.0),
            exact("trials", 0.0),
            *refused(said.certificates, why),
        ),
        checks=checks,
    )
