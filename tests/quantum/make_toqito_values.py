"""Writes toqito_values.json: what toqito says of random states of two qubits.

toqito pins exact versions of its own dependencies, so it is no part of the development tools; run this with
an interpreter that has it: `python tests/quantum/make_toqito_values.py`.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from toqito.channels import realignment
from toqito.state_props import (
    concurrence,
    entanglement_of_formation,
    has_symmetric_extension,
    log_negativity,
    negativity,
    purity,
    quantum_conditional_entropy,
    von_neumann_entropy,
)


def values(rho: np.ndarray) -> dict[str, float | bool]:
    """Coherent information is the larger of -S(A|B) and -S(B|A), which toqito gives in nats."""
    swapped = rho.reshape(2, 2, 2, 2).transpose(1, 0, 3, 2).reshape(4, 4)
    return {
        "concurrence": float(concurrence(rho)),
        "entanglement_of_formation": float(entanglement_of_formation(rho, [2, 2])),
        "negativity": float(negativity(rho, [2, 2])),
        "log_negativity": float(log_negativity(rho, [2, 2])),
        "purity": float(purity(rho)),
        "von_neumann_entropy": float(von_neumann_entropy(rho)),
        "coherent_information": -min(
            float(quantum_conditional_entropy(state, [2, 2])) / np.log(2) for state in (rho, swapped)
        ),
        "realignment": float(np.linalg.norm(realignment(rho, [2, 2]), "nuc")),
        "has_a_copy_of_1": bool(has_symmetric_extension(rho, 2, [2, 2], ppt=False)),
    }


def main() -> None:
    rng = np.random.default_rng(53)
    cases = []
    for rank, noise in ((1, 0), (2, 0), (2, 0.2), (3, 0), (3, 0.3), (4, 0), (4, 0.3), (4, 0.6)) * 3:
        a = rng.normal(size=(4, rank)) + 1j * rng.normal(size=(4, rank))
        rho = (1 - noise) * a @ a.conj().T / np.trace(a @ a.conj().T).real + noise * np.eye(4) / 4
        cases.append(
            {
                "rank": rank,
                "noise": noise,
                "matrix": [[[z.real, z.imag] for z in row] for row in rho],
                **values(rho),
            }
        )
    document = {"toqito": version("toqito"), "cases": cases}
    Path(__file__).with_name("toqito_values.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
