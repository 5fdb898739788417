"""The numbers of a CHSH report with their limits."""

from __future__ import annotations

from qmono.core.metric import Limit, Metric, exact
from qmono.quantum.bell.chsh_estimate import ChshEvidence
from qmono.quantum.bell.game import is_played_as_game

SMALLEST_LOG10 = -300.0
"""Beyond 10^-300 and 10^300 a number is null and its logarithm speaks."""

_P_METHODS = {
    "betting": "1/e, valid at any stop",
    "ratio": "1/e of a ratio trained on other data",
}


def metrics(evidence: ChshEvidence) -> tuple[Metric, ...]:
    """S, p value, e value, wins and trials."""
    method = limits_method(evidence)
    return (
        Metric(
            "S",
            evidence.s_value,
            std_error=evidence.std_error,
            level=evidence.level,
            low=Limit(evidence.low, method, "exact"),
            high=Limit(evidence.high, method, "exact"),
        ),
        *p_metrics(evidence.log10_p, p_method(evidence)),
        *e_metrics(evidence.log10_e, "trained ratio" if evidence.statistic == "ratio" else "bets on wins"),
        exact("wins", float(evidence.wins.sum())),
        exact("trials", float(evidence.totals.sum())),
    )


def limits_method(evidence: ChshEvidence) -> str:
    """What gave the limits of S."""
    if evidence.statistic == "betting":
        return "bets on wins, any stop"
    if not is_played_as_game(evidence.totals, evidence.design):
        return "four clopper-pearson limits added"
    return "clopper-pearson on wins"


def p_method(evidence: ChshEvidence) -> str:
    """What gave the p value, and for which design it is exact."""
    design = "exact for random settings" if evidence.design == "random" else "exact for fixed blocks"
    return _P_METHODS.get(evidence.statistic, design)


def p_metrics(log10_p: float, method: str) -> tuple[Metric, Metric]:
    """The p value and its logarithm; both bound, so that requirements can be judged on them."""
    logarithm = Limit(log10_p, method, "exact")
    log_metric = Metric("log10_p_value", log10_p, low=logarithm, high=logarithm)
    if log10_p < SMALLEST_LOG10:
        above = Limit(10.0**SMALLEST_LOG10, method, "exact")
        return Metric("p_value", None, high=above, reason="below 1e-300, see log10_p_value"), log_metric
    p = Limit(10.0**log10_p, method, "exact")
    return Metric("p_value", p.value, low=p, high=p), log_metric


def e_metrics(log10_e: float, method: str) -> tuple[Metric, Metric]:
    """The e value and its logarithm, likewise."""
    logarithm = Limit(log10_e, method, "exact")
    log_metric = Metric("log10_e_value", log10_e, low=logarithm, high=logarithm)
    if abs(log10_e) <= -SMALLEST_LOG10:
        e = Limit(10.0**log10_e, method, "exact")
        return Metric("e_value", e.value, low=e, high=e), log_metric
    if log10_e > 0:
        below = Limit(10.0**-SMALLEST_LOG10, method, "exact")
        return Metric("e_value", None, low=below, reason="above 1e300, see log10_e_value"), log_metric
    above = Limit(10.0**SMALLEST_LOG10, method, "exact")
    return Metric("e_value", None, high=above, reason="below 1e-300, see log10_e_value"), log_metric
