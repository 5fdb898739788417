"""Options of `qmono tomography` that belong together: how the state is estimated and what limits it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer


@dataclass(frozen=True)
class Fitting:
    """How counts become a state, and what is drawn again to judge it."""

    estimator: Annotated[
        str,
        typer.Option("--estimator", metavar="NAME", help="How the state is estimated; see qmono catalogue."),
    ] = "mle"
    model: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="NAME", help="A model of the measurement to fit too; repeatable."),
    ] = None
    gap: Annotated[
        float,
        typer.Option("--gap", metavar="NATS", help="What the fit may miss of the best likelihood, proven."),
    ] = 0.01
    rigorous: Annotated[
        bool, typer.Option("--rigorous", help="Limits from the fit that hold at any number of shots.")
    ] = False
    gof: Annotated[
        str,
        typer.Option("--gof", metavar="HOW", help="p value of the fit from: bracket, auto or bootstrap."),
    ] = "auto"
    bootstrap: Annotated[
        int | None,
        typer.Option("--bootstrap", metavar="N", help="Percentile limits of N resamples too: indicative."),
    ] = None

    @property
    def resamples(self) -> bool:
        """Whether many tables are drawn and fitted, which takes time."""
        return self.gof == "bootstrap" or self.bootstrap is not None


def check_fitting(fitting: Fitting, level: float) -> None:
    """UsageError for what cannot be, before any shot is spent."""
    from qmono.analysis.tomography.bootstrap import check_gof, check_percentiles
    from qmono.api.judging import check_gap
    from qmono.quantum.tomography import ESTIMATORS
    from qmono.quantum.tomography.models.model import MODELS

    check_gap(fitting.gap)
    check_gof(fitting.gof)
    check_percentiles(fitting.bootstrap, level)
    ESTIMATORS[fitting.estimator]
    for name in fitting.model or ():
        MODELS[name]
