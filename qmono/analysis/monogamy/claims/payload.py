"""What a report of claims says to programs: every qubit with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qmono.analysis.monogamy.claims.judged import Judged
from qmono.core.claims import Claims


def claims_payload(judged: Judged, lone: Judged, claims: Claims, level: float) -> dict[str, object]:
    """All that the tables show, of at most LISTED qubits each."""
    return {
        "level": level,
        "claims": len(claims.claims),
        "shared_qubits": len(judged.hubs),
        "violated": [judged.hubs[int(hub)].name for hub in judged.order if judged.named[hub]],
        "hubs": [_hub(judged, hub, claims) for hub in judged.listed],
        "qubits_with_one_partner": [_end(lone, hub, claims) for hub in lone.listed],
    }


def _hub(judged: Judged, hub: int, claims: Claims) -> Mapping[str, Any]:
    """A shared qubit: how it is judged, and what is left."""
    left = {
        relation.title: float(left) if np.isfinite(left) else None
        for relation, left in zip(judged.relations, judged.left[:, hub], strict=True)
    }
    return {
        **_end(judged, hub, claims),
        "verdict": judged.verdict(hub),
        "decided_by": judged.decided_by(hub).name,
        "headroom_at_most": left,
        "not_asked": judged.not_asked(hub),
    }


def _end(judged: Judged, hub: int, claims: Claims) -> Mapping[str, Any]:
    """Any qubit: which claims end there, and what they leave for others."""
    here = judged.hubs[hub]
    return {
        "qubit": here.qubit,
        "window": here.window,
        "herald": here.herald,
        "dimension": judged.dims(hub)[0],
        "claims": [claims.claims[index].id for index in here.members],
        "fidelity_left_for_another": judged.left_for_another(hub),
        "parties_alike_at_most": judged.alike[hub],
    }
