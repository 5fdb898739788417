"""Files of counts and states, read strictly and written atomically."""

from __future__ import annotations

from qmono.core.registry import Entry, Registry

FORMATS = Registry(
    "input format",
    [
        Entry("qmono", "qmono.formats.counts.counts_json:FORMAT", "qmono.counts/1 JSON, says everything"),
        Entry("correlations", "qmono.formats.counts.correlations:FORMAT", "equal and different, or wins"),
        Entry("plain-json", "qmono.formats.counts.plain_json:FORMAT", "{setting: {outcome: count}}"),
        Entry("trials-csv", "qmono.formats.trials.trials_csv:FORMAT", "one Bell trial a line: x,y,a,b"),
        Entry("tomo-input", "qmono.formats.counts.tomo_input:FORMAT", "photonic text with amplitudes"),
        Entry("pauli-csv", "qmono.formats.counts.pauli_csv:FORMAT", "Pauli expectations, pooled"),
        Entry("plain-csv", "qmono.formats.counts.plain_csv:FORMAT", "columns setting,outcome,count"),
        Entry("amplitudes-csv", "qmono.formats.counts.amplitudes_csv:FORMAT", "photonic CSV without header"),
        Entry("trials-npz", "qmono.formats.trials.trials_npz:FORMAT", "one trial an entry: x, y, a, b"),
        Entry("npz", "qmono.formats.counts.npz:FORMAT", "NumPy twin of qmono.counts/1, for large tables"),
    ],
)
"""Every format counts are read from, in the order in which content is recognised."""
