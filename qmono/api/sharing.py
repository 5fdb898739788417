"""Monogamy: what a joint state, or pairs measured apart, allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qmono.api.context import Context
from qmono.api.files import read_claims
from qmono.api.judging import check_level, judge, judged
from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Report
from qmono.core.seeds import derive_seeds

if TYPE_CHECKING:
    from qmono.core.claims import Claims


def monogamy(
    counts: CountsTable,
    *,
    level: float = 0.95,
    seed: int = 0,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """Monogamy of qubits measured together: residuals of a tomography, or Bell tests of all pairs.

    Two qubits: what their limits leave for a third party. seed: thins blocks of unequal size.
    """
    import numpy as np

    from qmono.analysis.monogamy.reports import analyse_joint

    check_level(level)
    resampling = derive_seeds(seed).resampling

    def analyse(table: CountsTable) -> Report:
        return analyse_joint(table, level=level, rng=np.random.default_rng(resampling))

    return judged(
        "monogamy", counts, analyse, require=require, accept=accept, context=context or Context(), seed=seed
    )


def monogamy_of_pairs(
    pairs: Mapping[tuple[int, int], CountsTable],
    *,
    rigorous: bool = False,
    progress: Progress = no_progress,
    level: float = 0.95,
    seed: int = 0,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """Whether separately measured pairs can be marginals of one state: rules and likelihood."""
    import numpy as np

    from qmono.analysis.monogamy.reports import analyse_pairs

    check_level(level)
    rng = np.random.default_rng(derive_seeds(seed).resampling)
    report = analyse_pairs(pairs, level=level, rng=rng, rigorous=rigorous, progress=progress)
    made = report.with_provenance((context or Context()).provenance(list(pairs.values()), seed))
    return judge(made, require, accept)


def monogamy_of_claims(
    claims: Claims | str | Path,
    *,
    level: float = 0.95,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """Whether the links that a claims file promises can exist at once, qubit by qubit."""
    from qmono.analysis.monogamy.claims.report import report_on_claims

    check_level(level)
    read = read_claims(claims) if isinstance(claims, str | Path) else claims
    origins = [read.origin] if read.origin else []
    provenance = (context or Context()).provenance([], origins=origins)
    return judge(report_on_claims(read, level).with_provenance(provenance), require, accept)
