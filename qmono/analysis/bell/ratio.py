"""A ratio trained on counts that are not judged (`--statistic ratio`)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qmono.analysis.bell.declared import Declared
from qmono.analysis.bell.inputs import BellCounts, bell_counts
from qmono.core.counts import CountArray, CountsTable, IntArray
from qmono.core.vocabulary import Design
from qmono.errors import UsageError
from qmono.quantum.bell.ratio_test import log10_ratio, setting_weights, trained_ratio


def split_for_training(bell: BellCounts, training: CountsTable | None) -> tuple[IntArray, BellCounts]:
    """Counts (2, 2, 2, 2) to train on and what is left to judge.

    Without a table to train on the first round is used up for it; UsageError if there are no rounds.
    """
    if not bell.has_outcomes:
        raise UsageError("--statistic ratio needs the outcomes of both parties; here are correlations only")
    if training is not None:
        other = bell_counts(training)
        if training.values != "counts" or other.empty_settings or not other.has_outcomes:
            raise UsageError("--train needs a file with counts of all outcomes in all four settings")
        return other.counts.astype(np.int64), bell
    if bell.rounds is None or len(bell.rounds) < 2:
        raise UsageError("--statistic ratio needs data to train on: --train FILE, or counts saved in rounds")
    first, rest = bell.rounds[0], bell.rounds[1:]
    left: CountArray = rest.sum(axis=0)
    if np.any(left.sum(axis=(2, 3)) <= 0) or np.any(first.sum(axis=(2, 3)) <= 0):
        raise UsageError("--statistic ratio: the first round or the rest has no counts in some setting")
    return first.astype(np.int64), replace(bell, counts=left, rounds=rest)


def judged_ratio(counts: IntArray, trained_on: IntArray, said: Declared, design: Design) -> float:
    """log10 of the ratio of the judged counts under a design."""
    weights = setting_weights(counts.sum(axis=(2, 3)), design)
    return log10_ratio(counts, trained_ratio(trained_on, weights, said.bias_of(design)))
