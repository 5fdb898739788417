"""Ways to a fidelity without full tomography; `qmono fidelity --plan` compares them for a target.

To add one, write a module with a `PROTOCOL` and add its line here.
"""

from __future__ import annotations

from qmono.core.registry import Entry, Registry

PROTOCOLS = Registry(
    "fidelity protocol",
    [
        Entry(
            "three-settings",
            "qmono.quantum.fidelity.protocols.three_settings:PROTOCOL",
            "Bell states: XX, YY, ZZ give F",
        ),
        Entry(
            "ghz-parity",
            "qmono.quantum.fidelity.protocols.ghz_parity:PROTOCOL",
            "GHZ: populations and a scan of n parities give F",
        ),
        Entry(
            "all-stabilizers",
            "qmono.quantum.fidelity.protocols.all_stabilizers:PROTOCOL",
            "every stabiliser, in few settings",
        ),
        Entry(
            "verification",
            "qmono.quantum.fidelity.protocols.verification:PROTOCOL",
            "optimal tests, drawn for every shot",
        ),
        Entry(
            "sampled-stabilizers",
            "qmono.quantum.fidelity.protocols.sampled_stabilizers:PROTOCOL",
            "a random stabiliser per shot",
        ),
        Entry(
            "direct",
            "qmono.quantum.fidelity.protocols.direct_estimation:PROTOCOL",
            "any pure target: a random Pauli string per shot",
        ),
        Entry(
            "stabilizer-bound",
            "qmono.quantum.fidelity.protocols.stabilizer_bound:PROTOCOL",
            "generators in two or few settings bound F",
        ),
    ],
)
"""Every protocol, the preferred one first where two cost the same."""
