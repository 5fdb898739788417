"""Monogamy reports: verdicts on legal and impossible data, levels, records, residuals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from qmono.analysis.monogamy.links import measure_link
from qmono.analysis.monogamy.records import doubts, why_not_bound
from qmono.analysis.monogamy.reports import analyse_joint, analyse_pairs
from qmono.core.counts import CountsTable, ReadoutCalibration, Selection, pauli_directions
from qmono.core.metric import Metric, parse_metric_name
from qmono.core.provenance import Origin
from qmono.core.report import Report
from qmono.errors import InputError, UsageError
from qmono.quantum.born import simulate_counts
from qmono.quantum.fidelity.direct import direct_fidelity
from qmono.quantum.monogamy import ckw, star
from qmono.quantum.operations import partial_trace, projector
from qmono.quantum.plans import Plan, pauli_plan
from qmono.quantum.states import bell, named_state, werner
from qmono.quantum.types import Matrix

BELL_SETTINGS = ("XX", "YY", "ZZ")
CLONER = projector(star.best_star(3))
LEGAL: dict[str, Matrix] = {
    "a Bell pair beside a bystander": np.kron(bell("phi+").rho, named_state("product:0").rho),
    "W": named_state("w:3").rho,
    "the optimal cloner": CLONER,
}
Pairs = dict[tuple[int, int], CountsTable]


def measured(rho: Matrix, rng: np.random.Generator, shots: int = 1000, *, full: bool = False) -> CountsTable:
    """Counts of a pair: its three Bell settings, or all nine."""
    plan = pauli_plan(2, shots) if full else Plan(BELL_SETTINGS, pauli_directions(BELL_SETTINGS), shots)
    return simulate_counts(rho, plan, rng)


def pairs_of(rho: Matrix, rng: np.random.Generator, shots: int = 1000, *, full: bool = False) -> Pairs:
    """The two pairs of qubit 0 of a three-qubit state, measured separately."""
    return {(0, j): measured(partial_trace(rho, (2, 2, 2), [0, j]), rng, shots, full=full) for j in (1, 2)}


def links(
    first: float, second: float, rng: np.random.Generator, shots: int = 1000, *, full: bool = False
) -> Pairs:
    """Two Werner links of the given fidelities that meet at qubit 0."""
    states = [werner((4 * f - 1) / 3, name).rho for f, name in ((first, "phi+"), (second, "psi-"))]
    return {(0, j + 1): measured(rho, rng, shots, full=full) for j, rho in enumerate(states)}


def low(report: Report, name: str) -> float:
    metric = report.metric(name)
    assert metric is not None
    assert metric.low is not None
    return metric.low.value


def high(report: Report, name: str) -> float:
    metric = report.metric(name)
    assert metric is not None
    assert metric.high is not None
    return metric.high.value


def note(report: Report, title: str) -> str:
    return " ".join(
        line
        for section in report.sections
        if section.title == title
        for line in getattr(section, "lines", ())
    )


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20261123)


class TestFalseAlarms:
    """Marginals of one state, measured separately, are called contradictory at most at 1 - level."""

    @pytest.mark.parametrize("state", LEGAL)
    def test_with_three_settings_per_pair(self, state: str, rng: np.random.Generator) -> None:
        verdicts = [analyse_pairs(pairs_of(LEGAL[state], rng)).verdict for _ in range(100)]
        assert verdicts.count("violated") <= 5

    def test_with_full_tomography_where_both_rules_look(self, rng: np.random.Generator) -> None:
        verdicts = [analyse_pairs(pairs_of(LEGAL["W"], rng, full=True)).verdict for _ in range(8)]
        assert verdicts.count("violated") <= 1

    @pytest.mark.slow
    @pytest.mark.parametrize("state", LEGAL)
    def test_with_full_tomography_often(self, state: str, rng: np.random.Generator) -> None:
        verdicts = [analyse_pairs(pairs_of(LEGAL[state], rng, full=True)).verdict for _ in range(100)]
        assert verdicts.count("violated") <= 5

    def test_at_a_low_level_the_edge_is_crossed_no_more_often_than_allowed(
        self, rng: np.random.Generator
    ) -> None:
        """At level 0.5 and on the edge of the star rule; 3 sigma above half of the runs."""
        verdicts = [analyse_pairs(pairs_of(CLONER, rng), level=0.5).verdict for _ in range(60)]
        assert verdicts.count("violated") <= 30 + 3 * np.sqrt(15)

    def test_the_plug_in_rule_would_not_do(self, rng: np.random.Generator) -> None:
        """The rule that is not used: measured values on the edge break it in about half of the runs."""
        alarms = 0
        for _ in range(60):
            headroom = analyse_pairs(pairs_of(CLONER, rng)).metric("budget_headroom[0]")
            assert headroom is not None
            alarms += headroom.value is not None and headroom.value < 0
        assert alarms >= 15


class TestPower:
    def test_two_links_of_80_percent_are_caught(self, rng: np.random.Generator) -> None:
        verdicts = [analyse_pairs(links(0.8, 0.8, rng, 3000)).verdict for _ in range(20)]
        assert verdicts.count("violated") >= 18

    def test_two_links_of_85_percent_that_the_tangle_sum_lets_pass(self, rng: np.random.Generator) -> None:
        report = analyse_pairs(links(0.85, 0.85, rng, full=True))
        assert report.verdict == "violated"
        assert report.tone == "bad"
        assert report.title == "no single state of qubits 0 1 2 can give both files"
        assert high(report, "budget_headroom[0]") < 0
        assert "would not have noticed" in note(report, "CKW")
        assert note(report, "verdict") == "This is about the data or their labels, not about nature."
        assert " or more leaves 0-" in note(report, "leaves")

    def test_a_rotated_frame_blinds_the_star_rule_but_not_the_tangle_sum(
        self, rng: np.random.Generator
    ) -> None:
        hadamard_like = np.array([[np.cos(0.6), -np.sin(0.6)], [np.sin(0.6), np.cos(0.6)]])
        turn = np.kron(np.diag([1, np.exp(0.9j)]) @ hadamard_like, np.eye(2))
        rho = turn @ werner(0.97).rho @ turn.conj().T
        report = analyse_pairs({(0, 1): measured(rho, rng, full=True), (0, 2): measured(rho, rng, full=True)})
        assert high(report, "budget_headroom[0]") > 0
        assert low(report, "tangle_sum[0]") > 1
        assert report.verdict == "violated"
        assert "asymptotic" in note(report, "method")

    def test_three_links_that_are_possible_two_by_two(self, rng: np.random.Generator) -> None:
        rho = werner((4 * 0.72 - 1) / 3).rho
        tables = {(0, j): measured(rho, rng, 3000) for j in (1, 2, 3)}
        two = {pair: tables[pair] for pair in list(tables)[:2]}
        assert analyse_pairs(two).verdict == "inconclusive"
        report = analyse_pairs(tables)
        assert report.verdict == "violated"
        assert report.title.endswith("all 3 files")
        assert "or more leave 0-" in note(report, "leaves")

    def test_of_three_links_the_better_two_may_be_impossible_already(self, rng: np.random.Generator) -> None:
        report = analyse_pairs({(0, j): measured(werner(0.9).rho, rng) for j in (1, 2, 3)})
        assert "or more: impossible together" in note(report, "leaves")

    def test_a_hub_in_the_middle_of_a_chain(self, rng: np.random.Generator) -> None:
        rho = werner(0.9).rho
        report = analyse_pairs({(2, 1): measured(rho, rng), (2, 3): measured(rho, rng)})
        assert report.verdict == "violated"
        assert report.metric("fidelity[1,2]") is not None
        assert report.metric("budget_headroom[2]") is not None


class TestVerdicts:
    def test_weak_links_show_no_contradiction(self, rng: np.random.Generator) -> None:
        report = analyse_pairs(links(0.55, 0.55, rng, full=True))
        assert report.verdict == "satisfied"
        assert "no contradiction found" in report.title
        assert low(report, "budget_headroom[0]") > 0
        assert high(report, "tangle_sum[0]") < 1
        assert "is not shown" in note(report, "verdict")

    def test_without_limits_from_above_nothing_is_satisfied(self, rng: np.random.Generator) -> None:
        """Three settings bound the concurrence from below only."""
        report = analyse_pairs(links(0.55, 0.55, rng))
        concurrence = report.metric("concurrence[0,1]")
        assert concurrence is not None
        assert concurrence.value is None
        assert concurrence.reason is not None
        assert report.verdict == "inconclusive"

    def test_on_the_edge_it_cannot_tell(self, rng: np.random.Generator) -> None:
        report = analyse_pairs(links(0.75, 0.74, rng, full=True))
        assert report.verdict == "inconclusive"
        assert note(report, "flips if")

    def test_pairs_that_share_no_qubit(self, rng: np.random.Generator) -> None:
        rho = bell("phi+").rho
        report = analyse_pairs({(0, 1): measured(rho, rng), (2, 3): measured(rho, rng)})
        assert report.verdict == "not-applicable"
        assert report.title == "no two pairs share a qubit"
        assert low(report, "fidelity[2,3]") > 0.99

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (lambda table: {"metadata": {"physical_qubits": ["q4", "q6"]}}, "not the same physical qubit"),
            (lambda table: {"metadata": {"device": "lab-8"}}, "different devices"),
            (lambda table: {"selection": Selection(10, 90, "heralded on C")}, "different events"),
        ],
    )
    def test_pairs_that_are_declared_not_to_bind(
        self, change: Callable[[CountsTable], dict[str, Any]], reason: str, rng: np.random.Generator
    ) -> None:
        tables = links(0.95, 0.95, rng)
        first = replace(
            tables[0, 1],
            metadata={"physical_qubits": ["q5", "q8"], "device": "lab-7"},
            selection=Selection(50, 50, "heralded on B"),
        )
        second = replace(tables[0, 2], **change(tables[0, 2]))
        assert analyse_pairs({(0, 1): first, (0, 2): tables[0, 2]}).verdict == "violated"
        report = analyse_pairs({(0, 1): first, (0, 2): second})
        assert report.verdict == "not-applicable"
        assert reason in report.title

    @pytest.mark.parametrize("values", ["averages", "corrected"])
    def test_numbers_without_shot_noise_have_no_limits_and_decide_nothing(
        self, values: Any, rng: np.random.Generator
    ) -> None:
        tables = {
            pair: replace(table, values=values) for pair, table in links(0.9, 0.9, rng, full=True).items()
        }
        report = analyse_pairs(tables)
        assert report.verdict == "inconclusive"
        for metric in report.metrics:
            is_a_bound = metric.name.startswith(("extendibility", "third_party"))
            assert (metric.value is None) == is_a_bound
            assert metric.low is None or metric.name.startswith("extendibility")
            assert metric.high is None
            assert metric.reason
        assert values.split("s")[0] in report.title

    def test_a_failed_fit_leaves_the_direct_fidelities_standing(self, rng: np.random.Generator) -> None:
        tables = links(0.9, 0.9, rng, full=True)
        rows = tables[0, 1].settings
        assert rows is not None
        spoilt = rows.counts.copy()
        spoilt[rows.labels.index("XY")] = [900, 100, 0, 0]
        tables[0, 1] = replace(tables[0, 1], settings=replace(rows, counts=spoilt, rounds=None))
        report = analyse_pairs(tables)
        concurrence = report.metric("concurrence[0,1]")
        assert concurrence is not None
        assert concurrence.high is None
        assert concurrence.low is not None
        assert concurrence.low.value == pytest.approx(2 * low(report, "fidelity[0,1]") - 1)
        assert next(check for check in report.checks if check.name == "goodness-of-fit").status == "fail"
        assert report.trust == "caution"
        assert report.verdict == "violated"


class TestLevels:
    """The bookkeeping of the error, as the modules state it."""

    @pytest.mark.parametrize(("full", "share"), [(True, 8), (False, 4)])
    def test_a_pair_pays_for_its_bell_state_and_for_the_region(
        self, full: bool, share: int, rng: np.random.Generator
    ) -> None:
        table = measured(werner(0.8).rho, rng, full=full)
        link = measure_link((0, 1), table, error=0.05, level=0.95)
        direct = direct_fidelity(table, bell("phi+"), 1 - 0.05 / share)
        assert link.bell == "phi+"
        assert link.fidelity.low is not None
        assert link.fidelity.high is not None
        assert (link.fidelity.low.value, link.fidelity.high.value) == (direct.low, direct.high)

    def test_pairs_share_the_error_equally(self, rng: np.random.Generator) -> None:
        tables = links(0.8, 0.7, rng)
        report = analyse_pairs(tables, level=0.9)
        direct = direct_fidelity(tables[0, 2], bell("psi-"), 1 - 0.1 / 2 / 4)
        assert low(report, "fidelity[0,2]") == direct.low
        assert all(metric.level == 0.9 for metric in report.metrics)

    def test_headroom_is_the_star_rule_at_the_limits(self, rng: np.random.Generator) -> None:
        report = analyse_pairs(links(0.8, 0.7, rng))
        lows, highs = ([side(report, f"fidelity[0,{j}]") for j in (1, 2)] for side in (low, high))
        assert high(report, "budget_headroom[0]") == star.RELATION.evaluate(lows).headroom
        assert low(report, "budget_headroom[0]") == star.RELATION.evaluate(highs).headroom

    @pytest.mark.slow
    def test_all_lower_limits_hold_together(self, rng: np.random.Generator) -> None:
        """At level 0.8, on both pairs of W at once: F = 2/3, C = 2/3; 3 sigma below 0.8 of 100 runs."""
        held = 0
        for _ in range(100):
            report = analyse_pairs(pairs_of(LEGAL["W"], rng, 200, full=True), level=0.8)
            lows = [low(report, f"{name}[0,{j}]") for name in ("fidelity", "concurrence") for j in (1, 2)]
            held += max(lows) <= 2 / 3
        assert held >= 100 * 0.8 - 3 * np.sqrt(100 * 0.16)


class TestReport:
    def test_survives_json_and_uses_known_names(self, rng: np.random.Generator) -> None:
        for report in (
            analyse_pairs(links(0.85, 0.85, rng, full=True)),
            analyse_joint(simulate_counts(named_state("w:3").rho, pauli_plan(3, 100), rng)),
        ):
            assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report
            for metric in report.metrics:
                parse_metric_name(metric.name)

    def test_is_simulated_if_any_file_is(self, rng: np.random.Generator) -> None:
        tables = links(0.9, 0.9, rng)
        assert analyse_pairs(tables).source == "simulated"
        real = {pair: replace(table, source="hardware") for pair, table in tables.items()}
        assert analyse_pairs(real).source == "hardware"
        assert analyse_pairs({**real, (0, 1): tables[0, 1]}).source == "simulated"

    def test_is_the_same_again(self, rng: np.random.Generator) -> None:
        tables = links(0.85, 0.8, rng, full=True)
        assert analyse_pairs(tables) == analyse_pairs(tables)

    @pytest.mark.parametrize(
        ("pairs", "words"),
        [((), "at least one pair"), (((1, 1),), "two different qubits"), (((0, 1), (1, 0)), "given twice")],
    )
    def test_what_are_no_pairs_is_refused(
        self, pairs: tuple[tuple[int, int], ...], words: str, rng: np.random.Generator
    ) -> None:
        table = measured(bell("phi+").rho, rng)
        with pytest.raises(UsageError, match=words):
            analyse_pairs(dict.fromkeys(pairs, table))

    def test_a_file_of_three_qubits_is_refused(self, rng: np.random.Generator) -> None:
        table = simulate_counts(named_state("w:3").rho, pauli_plan(3, 10), rng)
        with pytest.raises(InputError, match="counts of two qubits, found 3"):
            analyse_pairs({(0, 1): table})

    def test_an_empty_file_gives_nulls_with_reasons(self, rng: np.random.Generator) -> None:
        tables = links(0.9, 0.9, rng, full=True)
        rows = tables[0, 1].settings
        assert rows is not None
        empty = replace(rows, counts=np.zeros_like(rows.counts), rounds=None)
        tables[0, 1] = replace(tables[0, 1], settings=empty)
        report = analyse_pairs(tables)
        fidelity = report.metric("fidelity[0,1]")
        assert fidelity is not None
        assert fidelity.value is None
        assert fidelity.reason
        assert report.verdict == "inconclusive"


class TestRecords:
    def tables(self, rng: np.random.Generator) -> Pairs:
        first, second = links(0.9, 0.9, rng, 10).values()
        calibration = ReadoutCalibration(("00",), np.array([[9, 1, 0, 0]]), "2026-11-20")
        return {
            (0, 1): replace(
                first,
                origin=Origin("data/ab.json", "0" * 64, "qmono"),
                metadata={"time": "2026-11-20 14:02", "qubits": "q5 q8"},
                calibration=calibration,
            ),
            (0, 2): replace(
                second,
                origin=Origin("ac.json", "0" * 64, "qmono"),
                metadata={"time": "2026-11-23 09:31", "qubits": ["q4", "q6"]},
                selection=Selection(61, 39, "heralded"),
            ),
        }

    def test_doubts_come_from_the_files_in_order(self, rng: np.random.Generator) -> None:
        time, identity, selection, readout, leakage = doubts(self.tables(rng))
        assert time == "time: ab.json 2026-11-20 14:02, ac.json 2026-11-23 09:31: drift or re-preparation"
        assert 'ab.json says "q5 q8", ac.json says "q4 q6"' in identity
        assert "ac.json kept 61% of its shots (heralded)" in selection
        assert "ab.json calibrated 2026-11-20, ac.json not calibrated" in readout
        assert leakage.startswith("leakage:")

    def test_what_the_records_speak_against_comes_last(self, rng: np.random.Generator) -> None:
        """Same time, same qubits and calibration, nothing dropped: leakage is left to doubt first."""
        calibration = ReadoutCalibration(("00",), np.array([[9, 1, 0, 0]]), "2026-11-20")
        known = {
            pair: replace(
                table,
                metadata={"time": "2026-11-20 14:02", "qubits": ["q5", f"q{pair[1]}"]},
                calibration=calibration,
                selection=Selection(10, 0, ""),
            )
            for pair, table in self.tables(rng).items()
        }
        assert [line.partition(":")[0] for line in doubts(known)] == [
            *("leakage", "time", "identity", "selection", "readout")
        ]
        later = replace(known[0, 2], metadata={"time": "2026-11-23 09:31", "qubits": ["q5", "q2"]})
        assert doubts({**known, (0, 2): later})[0].endswith("drift or re-preparation")
        kept = replace(known[0, 2], selection=Selection(6, 4, "heralded"))
        assert doubts({**known, (0, 2): kept})[0].startswith("selection:")

    def test_labels_and_one_sided_selection_are_doubts_not_declarations(
        self, rng: np.random.Generator
    ) -> None:
        tables = self.tables(rng)
        assert why_not_bound(0, tables) is None
        assert analyse_pairs(links(0.95, 0.95, rng)).verdict == "violated"

    def test_the_shared_qubit_is_found_at_either_end(self, rng: np.random.Generator) -> None:
        table = measured(bell("phi+").rho, rng, 10)
        first = replace(table, metadata={"physical_qubits": ["q1", "q0"]})
        second = replace(table, metadata={"physical_qubits": ["q0", "q2"]})
        assert why_not_bound(0, {(1, 0): first, (0, 2): second}) is None
        assert why_not_bound(0, {(0, 1): first, (0, 2): second}) is not None


def joint(state: str | Matrix, rng: np.random.Generator, shots: int = 500) -> Report:
    rho = named_state(state).rho if isinstance(state, str) else state
    n = rho.shape[0].bit_length() - 1
    return analyse_joint(simulate_counts(rho, pauli_plan(n, shots), rng))


def value(report: Report, name: str) -> float:
    metric = report.metric(name)
    assert metric is not None
    assert metric.value is not None
    return metric.value


class TestJoint:
    @pytest.mark.parametrize(
        ("rho", "qubit", "residual", "one_tangle", "tangle_sum"),
        [
            (named_state("w:3").rho, 1, 0.0, 8 / 9, 8 / 9),
            (named_state("ghz:3").rho, 0, 1.0, 1.0, 0.0),
            (LEGAL["a Bell pair beside a bystander"], 0, 0.0, 1.0, 1.0),
            (LEGAL["a Bell pair beside a bystander"], 2, 0.0, 0.0, 0.0),
        ],
    )
    def test_known_residuals_lie_within_their_limits(
        self,
        rho: Matrix,
        qubit: int,
        residual: float,
        one_tangle: float,
        tangle_sum: float,
        rng: np.random.Generator,
    ) -> None:
        report = joint(rho, rng)
        assert report.verdict == "satisfied"
        assert "by theorem" in report.title
        known = {"residual": residual, "one_tangle": one_tangle, "tangle_sum": tangle_sum}
        for name, truth in known.items():
            indexed = f"{name}[{qubit}]"
            assert low(report, indexed) - 1e-9 <= truth <= high(report, indexed) + 1e-9
            assert value(report, indexed) == pytest.approx(truth, abs=0.08)

    def test_pairs_have_limits_from_their_own_counts(self, rng: np.random.Generator) -> None:
        report = joint("w:3", rng)
        for pair in ("0,1", "0,2", "1,2"):
            assert 0.3 < low(report, f"concurrence[{pair}]") < 2 / 3 < high(report, f"concurrence[{pair}]")

    def test_one_tangle_limits_hold_their_level(self, rng: np.random.Generator) -> None:
        """Each side misses 8/9 in at most 5 % of the runs, here at an error of 5 % alone; plus 3 sigma."""
        from qmono.analysis.monogamy.one_tangle import one_tangle_metric

        plan, rho, runs = pauli_plan(3, 20), named_state("w:3").rho, 150
        metrics = [
            one_tangle_metric(simulate_counts(rho, plan, rng), 0, error=0.05, level=0.95) for _ in range(runs)
        ]

        def misses(missed: Callable[[Metric], bool]) -> int:
            return sum(missed(metric) for metric in metrics)

        most = 0.05 * runs + 3 * np.sqrt(runs * 0.05 * 0.95)
        assert misses(lambda metric: metric.low is not None and metric.low.value > 8 / 9) <= most
        assert misses(lambda metric: metric.high is not None and metric.high.value < 8 / 9) <= most

    @pytest.mark.parametrize("shots", [1, 20])
    def test_noisy_data_never_violate(self, shots: int, rng: np.random.Generator) -> None:
        for state in ("w:3", "ghz:3", "product:0+r"):
            report = joint(state, rng, shots)
            assert report.verdict in {"satisfied", "inconclusive"}
            n = named_state(state).n_qubits
            assert all(value(report, f"residual[{qubit}]") >= 0 for qubit in range(n))

    def test_counts_of_no_state_at_all_are_inconclusive_and_not_violated(
        self, rng: np.random.Generator
    ) -> None:
        """Settings of different states in one table: every pair looks like a Bell pair somewhere."""
        tables = [
            simulate_counts(named_state(state).rho, pauli_plan(3, 500), rng)
            for state in ("ghz:3", "w:3", "product:1-l")
        ]
        rows = [table.settings for table in tables]
        assert rows[0] is not None
        mixed = np.array([rows[index % 3].counts[index] for index in range(27)])  # type: ignore[union-attr]
        report = analyse_joint(replace(tables[0], settings=replace(rows[0], counts=mixed, rounds=None)))
        assert report.verdict == "inconclusive"
        assert "failed fit is the alarm" in report.title
        assert report.trust == "failed"
        assert report.voided_by("residual[0]") == ("goodness-of-fit",)

    @pytest.mark.parametrize("values", ["averages", "corrected"])
    def test_numbers_without_shot_noise_have_no_limits(self, values: Any, rng: np.random.Generator) -> None:
        table = simulate_counts(named_state("w:3").rho, pauli_plan(3, 500), rng)
        report = analyse_joint(replace(table, values=values))
        assert report.verdict == "inconclusive"
        assert value(report, "tangle_sum[0]") == pytest.approx(8 / 9, abs=0.2)
        assert all(metric.high is None for metric in report.metrics)

    def test_missing_settings_give_nulls_with_reasons(self, rng: np.random.Generator) -> None:
        plan = Plan(("XXX", "YYY", "ZZZ"), pauli_directions(("XXX", "YYY", "ZZZ")), 500)
        report = analyse_joint(simulate_counts(named_state("ghz:3").rho, plan, rng))
        residual = report.metric("residual[0]")
        assert residual is not None
        assert residual.value is None
        assert residual.reason
        assert value(report, "one_tangle[0]") == pytest.approx(1.0, abs=0.02)
        assert report.verdict == "inconclusive"

    def test_the_residual_is_that_of_the_fit(self, rng: np.random.Generator) -> None:
        from qmono.quantum.tomography.fit.mle import estimate_mle

        table = simulate_counts(named_state("ghz:3").rho, pauli_plan(3, 100), rng)
        report = analyse_joint(table, gap=0.01)
        assert value(report, "residual[2]") == pytest.approx(
            ckw.residual(estimate_mle(table, gap=0.01).rho, 2), abs=1e-6
        )

    def test_two_qubits_are_one_pair_alone(self, rng: np.random.Generator) -> None:
        report = analyse_joint(measured(bell("phi+").rho, rng))
        assert report.verdict == "not-applicable"
        assert report.metric("third_party_fidelity").high.value < 0.3

    def test_one_qubit_is_refused(self, rng: np.random.Generator) -> None:
        with pytest.raises(UsageError, match="two qubits or more"):
            analyse_joint(simulate_counts(named_state("product:0").rho, pauli_plan(1, 100), rng))
