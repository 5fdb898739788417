"""When a fit fails: the mistake that was made is found among those tried, and none where none was made."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest

from qmono.analysis.tomography.advice import advice_on
from qmono.analysis.tomography.fits import fit_states
from qmono.analysis.tomography.goal import resolve_goal
from qmono.analysis.tomography.report import analyse_tomography
from qmono.core.counts import CountsTable, ParityRows
from qmono.core.report import Note
from qmono.quantum.born import simulate_counts
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import named_state
from qmono.quantum.tomography.fit.mle import estimate_mle


def measured(name, visibility=0.95, shots=500):
    state = named_state(name)
    d = 2**state.n_qubits
    rho = visibility * state.rho + (1 - visibility) * np.eye(d) / d
    return simulate_counts(rho, pauli_plan(state.n_qubits, shots, rounds=1), np.random.default_rng(1))


def with_counts(table, counts):
    return replace(table, settings=replace(table.settings, counts=counts, rounds=None))


def exchanged(table, qubit, a, b):
    labels = table.settings.labels
    swap = str.maketrans(a + b, b + a)
    other = [label[:qubit] + label[qubit].translate(swap) + label[qubit + 1 :] for label in labels]
    return with_counts(table, table.settings.counts[[labels.index(label) for label in other]])


def inverted(table, qubit, basis, row=None):
    counts, bit = table.settings.counts.copy(), 1 << (table.n_qubits - 1 - qubit)
    for place, label in enumerate(table.settings.labels):
        if label[qubit] == basis and row in (None, label):
            counts[place] = counts[place][np.arange(counts.shape[1]) ^ bit]
    return with_counts(table, counts)


def swapped_rows(table, one, other):
    counts, labels = table.settings.counts.copy(), table.settings.labels
    places = [labels.index(one), labels.index(other)]
    counts[places] = counts[places[::-1]]
    return with_counts(table, counts)


def advise(table, target):
    fits = fit_states(table, "mle", 0.01)
    state = named_state(target) if target else None
    return advice_on(table, resolve_goal(table, state, False, 0.95, fits), fits)


MISTAKES = [
    ("w:3", lambda t: exchanged(t, 1, "X", "Y"), "qubit 1 is mirrored", "X and Y are exchanged"),
    ("w:3", lambda t: exchanged(t, 0, "X", "Z"), "qubit 0 is mirrored", "X and Z are exchanged"),
    ("ghz:3", lambda t: inverted(t, 2, "Y"), "qubit 2 is mirrored", "outcomes of Y are inverted"),
    ("phi+", lambda t: inverted(t, 1, "Y"), "qubit 1 is mirrored", "outcomes of Y are inverted"),
    ("w:3", lambda t: inverted(t, 0, "Z", "ZZZ"), "outcomes of qubit 0 are inverted in row ZZZ", None),
    ("w:3", lambda t: swapped_rows(t, "ZZZ", "XXZ"), "rows XXZ and ZZZ are exchanged", None),
    (
        "product:0+r",
        lambda t: t.with_outcomes_reversed(),
        "outcomes list the qubits in the order 2 1 0",
        None,
    ),
]


@pytest.mark.parametrize(("name", "mistake", "what", "hint"), MISTAKES)
def test_a_single_mistake_is_found(name, mistake, what, hint):
    found = advise(mistake(measured(name)), name)
    best = max(item.nats for item in found.tried)
    (explanation,) = [item for item in found.convincing if item.what == what]
    assert explanation.nats > best - 10 - found.price
    assert explanation.deviance < 1.5 * 7 * 27
    if hint:
        assert hint in explanation.hint
        assert float(explanation.hint.split()[-1]) > 0.9
        assert found.convincing[0] is explanation


def test_the_gain_is_a_lower_bound():
    """Undoing the mistake by hand: the likelihood gained is the one said, or up to both gaps more."""
    right = measured("w:3")
    wrong = inverted(right, 0, "Z", "ZZZ")
    gained = estimate_mle(right, gap=1e-3).log_likelihood - estimate_mle(wrong, gap=1e-3).log_likelihood
    (said,) = [item.nats for item in advise(wrong, None).tried if item.what.endswith("in row ZZZ")][:1]
    assert gained - 1 < said <= gained + 1e-9


def test_nothing_is_advised_where_nothing_is_wrong_but_the_price_is_said():
    found = advise(measured("w:3"), "w:3")
    assert found.convincing == ()
    assert found.price == log(len(found.tried))
    assert len(found.tried) == 5 + 3 + 6 * 3 + 15
    assert "none of 41 usual mistakes" in found.lines(1)[0]


def test_two_different_states_are_no_mistake_in_labels():
    one, other = measured("w:3"), measured("ghz:3")
    half = len(one.settings.labels) // 2
    counts = np.concatenate([one.settings.counts[:half], other.settings.counts[half:]])
    mixed = with_counts(one, counts)
    found = advise(mixed, "w:3")
    left = min((item.deviance for item in found.convincing), default=np.inf)
    assert left > 3 * 7 * 27


def test_the_report_advises_and_judges_nothing_by_it():
    table = exchanged(measured("w:3"), 1, "X", "Y")
    report = analyse_tomography(table, target=named_state("w:3"), rng=np.random.default_rng(0))
    (note,) = [part for part in report.sections if isinstance(part, Note) and part.title == "advice"]
    assert "if qubit 1 is mirrored (as if X and Y are exchanged" in note.lines[0]
    assert "41 mistakes tried, a choice that costs 3.7 nats; nothing was changed" in note.lines[-1]
    assert report.payload["advice"]["explanations"][0]["nats"] > 100
    assert not [check for check in report.checks if check.name == "advice"]
    fine = analyse_tomography(measured("w:3"), target=named_state("w:3"), rng=np.random.default_rng(0))
    assert "advice" not in fine.payload
    (frame,) = [check for check in fine.checks if check.name == "frame"]
    assert (frame.status, frame.voids) == ("pass", ())
    assert frame.message.startswith("local rotations would give 0.9")


def test_other_rows_have_no_labels_to_mix_up():
    rows = ParityRows(("XX", "YY", "ZZ"), np.array([[90, 10], [90, 10], [90, 10]]))
    assert advise(CountsTable(n_qubits=2, parities=rows), "phi+") is None
