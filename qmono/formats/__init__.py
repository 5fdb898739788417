"""Files of counts and states, read strictly and written atomically."""

from __future__ import annotations

from qmono.core.registry import Entry, Registry

FORMATS = Registry(
    "input format",
    [
        Entry("qmono", "qmono.formats.counts_json:FORMAT", "qmono.counts/1 JSON: says everything itself"),
        Entry("correlations", "qmono.formats.correlations:FORMAT", "equal and different outcomes, or wins"),
        Entry("plain-json", "qmono.formats.plain_json:FORMAT", "{setting: {outcome: count}}, orders asked"),
        Entry("trials-csv", "qmono.formats.trials_csv:FORMAT", "Bell test, one trial a line: x,y,a,b"),
        Entry("tomo-input", "qmono.formats.tomo_input:FORMAT", "photonic text, 1 or 2 detectors per qubit"),
        Entry("pauli-csv", "qmono.formats.pauli_csv:FORMAT", "Pauli expectations, forest-benchmarking CSV"),
        Entry("plain-csv", "qmono.formats.plain_csv:FORMAT", "CSV with the columns setting,outcome,count"),
        Entry("amplitudes-csv", "qmono.formats.amplitudes_csv:FORMAT", "photonic CSV without header"),
        Entry("trials-npz", "qmono.formats.trials_npz:FORMAT", "Bell test, one trial an entry: x, y, a, b"),
        Entry("npz", "qmono.formats.npz:FORMAT", "NumPy twin of qmono.counts/1, for large tables"),
    ],
)
"""Every format counts are read from, in the order in which content is recognised."""
