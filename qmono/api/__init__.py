"""qmono from Python: what the commands call, with the same words.

    counts = qmono.read_counts("counts.json", bit_order="qubit0-last")
    report = qmono.tomography(counts, target="phi+", require=["fidelity >= 0.9"])
    report.verdict, report.metric("fidelity").low.value, qmono.exit_code(report)

Heavy modules are imported where they are used, so that judging a saved report loads no physics.
"""

from __future__ import annotations

from qmono.api.accumulating import (
    check_alike,
    drawn_seed,
    earlier_runs,
    path_of_next_run,
    run_identity,
)
from qmono.api.bell import CHSH, bell_test, measure_bell, wins_table
from qmono.api.comparing import compare, compare_counts
from qmono.api.context import Context
from qmono.api.estimation import measure_tomography, tomography
from qmono.api.fidelity import fidelity, fidelity_plan, is_decided_by, measure_fidelity
from qmono.api.files import (
    is_claims,
    read_claims,
    read_counts,
    read_inequality,
    read_report,
    read_state,
    write_counts,
)
from qmono.api.judging import judge, requirements
from qmono.api.measures import measures
from qmono.api.planning import tomography_plan
from qmono.api.scanning import bell_scan, measure_scan
from qmono.api.sharing import monogamy, monogamy_of_claims, monogamy_of_pairs
from qmono.gate.judge import exit_code

__all__ = [
    "CHSH",
    "Context",
    "bell_scan",
    "bell_test",
    "check_alike",
    "compare",
    "compare_counts",
    "drawn_seed",
    "earlier_runs",
    "exit_code",
    "fidelity",
    "fidelity_plan",
    "is_claims",
    "is_decided_by",
    "judge",
    "measure_bell",
    "measure_fidelity",
    "measure_scan",
    "measure_tomography",
    "measures",
    "monogamy",
    "monogamy_of_claims",
    "monogamy_of_pairs",
    "path_of_next_run",
    "read_claims",
    "read_counts",
    "read_inequality",
    "read_report",
    "read_state",
    "requirements",
    "run_identity",
    "tomography",
    "tomography_plan",
    "wins_table",
    "write_counts",
]
