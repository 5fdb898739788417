"""Monogamy reports: residuals of a joint tomography, or a contradiction between separate pairs.

A joint state cannot violate monogamy; only numbers that were obtained separately can, and then they are
not marginals of one state of the declared qubits.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qmono.analysis.monogamy.alone import report_on_alone
from qmono.analysis.monogamy.bell.report import report_on_joint_chsh
from qmono.analysis.monogamy.bell.table import bell_table
from qmono.analysis.monogamy.joint import report_on_joint
from qmono.analysis.monogamy.pairs import report_on_pairs
from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Report


def analyse_joint(
    table: CountsTable,
    *,
    level: float = 0.95,
    gap: float = 0.01,
    rng: np.random.Generator | None = None,
) -> Report:
    """Monogamy of counts of n >= 3 qubits measured together: of a tomography, or of Bell tests of all pairs.

    A tomography gives Coffman-Kundu-Wootters / Osborne-Verstraete residuals:

    `residual[k]` = 4 det rho_k - sum_j C_kj^2, exact for pure states and an upper bound for mixed ones,
    beside `one_tangle[k]`, `tangle_sum[k]` and `concurrence[i,j]` from the qubits' and pairs' own pooled
    counts. Verdict `satisfied` by theorem, or `inconclusive` where no joint state is known to
    explain the data: a failed fit is the alarm, not the residual. Never `violated`.

    Settings of two inputs a qubit (see `bell_table`) are Bell tests of all pairs: `S[i,j]` with limits that
    hold together, and `bell_headroom[k]` = 8 - S^2 - S'^2 of the two largest at a qubit. `violated`: the
    lower limits use more, which no state measured in one way can; `satisfied`: the upper ones do not.

    Counts of two qubits are one pair on its own: the report says what its limits leave for a third party.

    gap: nats to which the fit is certified. rng: thins blocks of unequal size; from a fixed seed if None.
    UsageError for a single qubit.
    """
    if table.n_qubits == 2:
        return report_on_alone(table, level=level)
    if (tests := bell_table(table)) is not None:
        return report_on_joint_chsh(tests, level=level, rng=rng or np.random.default_rng(0))
    return report_on_joint(table, level=level, gap=gap)


def analyse_pairs(
    pairs: Mapping[tuple[int, int], CountsTable],
    *,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    rigorous: bool = False,
    progress: Progress = no_progress,
) -> Report:
    """Whether separately measured pairs of qubits can be marginals of one state.

    pairs: (i, j) -> counts of two qubits, the table's qubit 0 being i. At every qubit that two pairs or
    more share, every relation of the table between numbers that the pairs have (fidelity, concurrence, S,
    coherent information) is evaluated at limits that hold jointly at `level`. `violated`: the lower limits
    break one. `satisfied`: even the upper limits keep all, i.e. no contradiction was found.
    `not-applicable`: no two pairs share a qubit, or the files declare different physical qubits, devices or
    conditions. Else `inconclusive`. The payload names what decided (`decided_by`).

    rng: draws the bootstrap of "does one state explain all pairs?", which can turn `satisfied` into
    `inconclusive`; it is not asked without one. rigorous: also splits the shots for an e value, which can
    say `violated` at any number of shots; relations and e value then have half of the error each, and
    regions of states come from split shots too. UsageError for a pair that is not two different qubits or
    is given twice, InputError for a table of other than two qubits.
    """
    return report_on_pairs(pairs, level, rng=rng, rigorous=rigorous, progress=progress)
