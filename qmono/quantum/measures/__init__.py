"""Entanglement measures of exact states, one file each."""

from __future__ import annotations

from qmono.core.registry import Entry, Registry

MEASURES = Registry(
    "measure",
    [
        Entry("concurrence", "qmono.quantum.measures.concurrence:MEASURE", "Wootters concurrence of a pair"),
        Entry("tangle", "qmono.quantum.measures.tangle:MEASURE", "concurrence squared"),
        Entry(
            "entanglement_of_formation",
            "qmono.quantum.measures.entanglement_of_formation:MEASURE",
            "ebits needed to make a pair",
        ),
        Entry("negativity", "qmono.quantum.measures.negativity:MEASURE", "(trace norm of rho^Gamma - 1)/2"),
        Entry("log_negativity", "qmono.quantum.measures.log_negativity:MEASURE", "log2(2 negativity + 1)"),
        Entry("purity", "qmono.quantum.measures.purity:MEASURE", "Tr rho^2"),
        Entry(
            "von_neumann_entropy",
            "qmono.quantum.measures.von_neumann_entropy:MEASURE",
            "-Tr rho log2 rho, in bits",
        ),
    ],
)
