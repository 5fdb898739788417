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
        Entry(
            "extension_margin",
            "qmono.quantum.measures.extension_margin:MEASURE",
            "below 0: nobody can hold a copy of a qubit of the pair",
        ),
        Entry(
            "i_concurrence",
            "qmono.quantum.measures.i_concurrence:MEASURE",
            "concurrence of a pure state across a cut",
        ),
        Entry(
            "three_tangle",
            "qmono.quantum.measures.three_tangle:MEASURE",
            "what three qubits share beyond their pairs",
        ),
        Entry(
            "n_tangle", "qmono.quantum.measures.n_tangle:MEASURE", "|<psi|Y^n|psi*>|^2, even number of qubits"
        ),
        Entry(
            "meyer_wallach", "qmono.quantum.measures.meyer_wallach:MEASURE", "mean one-tangle of a pure state"
        ),
        Entry(
            "geometric_measure",
            "qmono.quantum.measures.geometric_measure:MEASURE",
            "distance to the nearest product",
        ),
        Entry(
            "relative_entropy_of_entanglement",
            "qmono.quantum.measures.relative_entropy_of_entanglement:MEASURE",
            "where it has a closed form, in bits",
        ),
        Entry(
            "realignment",
            "qmono.quantum.measures.realignment:MEASURE",
            "trace norm of R(rho), above 1 only if entangled",
        ),
        Entry(
            "coherent_information",
            "qmono.quantum.measures.coherent_information:MEASURE",
            "max(S(A), S(B)) - S(AB), in bits",
        ),
        Entry(
            "fully_entangled_fraction",
            "qmono.quantum.measures.fully_entangled_fraction:MEASURE",
            "largest fidelity to a maximally entangled state",
        ),
        Entry(
            "schmidt_number", "qmono.quantum.measures.schmidt_number:MEASURE", "entangled levels of each side"
        ),
        Entry(
            "tangle_low", "qmono.quantum.measures.tangle_bounds:LOW", "lower bound of the tangle across a cut"
        ),
        Entry(
            "tangle_high",
            "qmono.quantum.measures.tangle_bounds:HIGH",
            "upper bound of the tangle across a cut",
        ),
        Entry("witness_ghz", "qmono.quantum.measures.gme_witness:GHZ", "fidelity to GHZ less 1/2"),
        Entry("witness_w", "qmono.quantum.measures.gme_witness:W", "fidelity to W less (n - 1)/n"),
        Entry(
            "witness_cluster",
            "qmono.quantum.measures.gme_witness:CLUSTER",
            "fidelity to the linear cluster less 1/2",
        ),
        Entry(
            "witness_dicke",
            "qmono.quantum.measures.gme_witness:DICKE",
            "fidelity to half-filled Dicke less n/(2 (n - 1))",
        ),
        Entry("linear_entropy", "qmono.quantum.measures.linear_entropy:MEASURE", "d/(d - 1) (1 - Tr rho^2)"),
    ],
)
