"""root-tomography: maximum likelihood of full rank by fixed-point iteration on the root of the state."""

from __future__ import annotations

from functools import reduce
from itertools import product

import numpy as np
from local_states import KETS
from root_tomography.entity import State
from root_tomography.estimator import reconstruct_state
from root_tomography.experiment import Experiment


def prepare(labels, counts, rank):
    """rank: of the state that is looked for."""
    n = len(labels[0])
    effects = [np.array([_projector(label, bits) for bits in product((0, 1), repeat=n)]) for label in labels]
    shots = [int(total) for total in counts.sum(axis=1)]

    def solve():
        experiment = Experiment(2**n, State)
        experiment.set_data(proto=effects, nshots=shots, clicks=list(counts))
        state, info = reconstruct_state(experiment, rank=rank, return_rinfo=True)
        return state.dm, {"iterations": int(info["iter"])}

    return solve


def _projector(label, bits):
    psi = reduce(np.kron, (KETS[letter][bit] for letter, bit in zip(label, bits, strict=True)))
    return np.outer(psi, psi.conj())
