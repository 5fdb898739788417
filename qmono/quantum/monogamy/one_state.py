"""Pairs that were measured apart are marginals of one state, or they are not: judged by likelihood.

The joint likelihood of all pairs is compared with that of a separate state for each (`likelihood_tests`). It
is stronger than every rule on numbers of the pairs, because it uses all that was counted.
"""

from __future__ import annotations

from qmono.quantum.monogamy.joint_likelihood import fit_one_state
from qmono.quantum.monogamy.relation import LikelihoodRelation, qubits_only

RELATION = LikelihoodRelation(
    name="one_state",
    title="one state",
    domain="counts of pairs of up to five qubits; any graph of pairs",
    needs=("pair data",),
    statement="there is a rho whose marginals Tr_others rho gave the counts of every pair",
    reference="Wasserman, Ramdas, Balakrishnan, PNAS 117 16880 (2020): the e value",
    meaning="no single state of these qubits gives the counts of all pairs",
    why_not=qubits_only,
    exact=None,
    fit=fit_one_state,
)
