"""Who can share entanglement with whom: relations between one hub and its spokes.

A relation compares what the spokes of one hub use with what the hub has. It binds only pairs that end
on the same physical hub at the same time in the same ensemble. RELATIONS lists those that judge data,
JOINT_RELATIONS those that only an exact joint state can be asked about.
"""

from __future__ import annotations

from qmono.core.registry import Entry, Registry

RELATIONS = Registry(
    "monogamy relation",
    [
        Entry(
            "star", "qmono.quantum.monogamy.star:RELATION", "Bell fidelities that one hub can have at once"
        ),
        Entry("ckw", "qmono.quantum.monogamy.ckw:RELATION", "sum of the pair tangles at a qubit, at most 1"),
        Entry(
            "bell",
            "qmono.quantum.monogamy.bell:RELATION",
            "CHSH values of two pairs at a hub, S^2 + S'^2 <= 8",
        ),
        Entry(
            "coherent_information",
            "qmono.quantum.monogamy.coherent:RELATION",
            "distillable bits of the pairs at a hub, at most log2 d",
        ),
        Entry(
            "one_state",
            "qmono.quantum.monogamy.one_state:RELATION",
            "pairs are marginals of one state, by likelihood",
        ),
        Entry(
            "symmetric_extension",
            "qmono.quantum.monogamy.extension:RELATION",
            "a pair whose share somebody else holds too has a symmetric extension",
        ),
    ],
)
"""Every relation that judges data, by name; the first that is broken is named first."""

JOINT_RELATIONS = Registry(
    "joint relation",
    [
        Entry("concurrence_cubed", "qmono.quantum.monogamy.powers:CONCURRENCE_CUBED", "C^3 in place of C^2"),
        Entry("formation_squared", "qmono.quantum.monogamy.powers:FORMATION_SQUARED", "squares of formation"),
        Entry(
            "formation_root2", "qmono.quantum.monogamy.powers:FORMATION_ROOT2", "formation to the power sqrt2"
        ),
        Entry("cren_squared", "qmono.quantum.monogamy.powers:CREN_SQUARED", "convex-roof negativity squared"),
        Entry(
            "negativity_squared", "qmono.quantum.monogamy.powers:NEGATIVITY_SQUARED", "2 N squared, pure only"
        ),
        Entry(
            "polygamy",
            "qmono.quantum.monogamy.powers:POLYGAMY",
            "assisted tangles are at least the one-tangle",
        ),
        Entry("shadow", "qmono.quantum.monogamy.shadow:SHADOW", "purities of all parts, every dimension"),
    ],
)
"""Relations of exact states, by name."""
