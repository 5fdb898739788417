"""The published Bell tests of `sample_data/`, from the installed program: every number, to the digits given.

A case is a command and what its report must say: the path of a number in the JSON, the number, and half a
unit of its last digit. Published numbers are marked so; the others follow from the published counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[2] / "sample_data"
Run = Callable[..., Any]
Expected = dict[str, tuple[Any, float]]

DELFT_BIAS = 2.16e-5
"""Bits predictable to 1/2 + 1.08e-5 on each side (Hensen et al. 2015)."""

LOOSE_BIAS = repr(1 - 2 * (1 - 0.75003240034992) ** 0.5)
"""The bias at which the exact ceiling is the published 3/4 + 3 (tau + tau^2), tau = 1.08e-5."""


def metric(name: str, field: str = "value") -> str:
    return f"metrics.{name}.{field}"


def marginals(*z: float, digit: float = 5e-5) -> Expected:
    """z of A|x=0, A|x=1, B|y=0, B|y=1."""
    return {f"payload.checks.marginal_shifts.{k}.z": (value, digit) for k, value in enumerate(z)}


def chsh(s: float, error: float, wins: int, trials: int, **more: tuple[float, float]) -> Expected:
    found: Expected = {
        metric("S"): (s, 5e-5),
        metric("S", "std_error"): (error, 5e-5),
        metric("wins"): (wins, 0),
        metric("trials"): (trials, 0),
    }
    return {**found, **{metric(*name.split("__")): value for name, value in more.items()}}


CASES: dict[str, tuple[list[str], str, Expected]] = {
    "Delft 2015: published 2.42(20), 196 of 245, p 0.039": (
        ["delft_2015/counts.json", "--daily"],
        "violated",
        {
            **chsh(2.4224998705, 0.2038, 196, 245, p_value=(0.03907767139, 5e-12), S__low=(2.0263136, 5e-8)),
            metric("e_value"): (3.273999660, 5e-9),
            **marginals(-0.7493, 0.4818, 0.6187, -0.1023),
            "payload.checks.settings_chi_square": (7.9796, 5e-5),
            "payload.checks.p_values.settings.p_value": (0.0464, 5e-5),
            "payload.standard_errors_above_2": (2.07, 5e-3),
            "payload.daily.quantities.1.value": (2.4627, 5e-5),
            "payload.daily.quantities.1.std_error": (0.2019, 5e-5),
            # certificates at S.low, section 4 of Verstraete and Wolf and the others named in `certificates`
            metric("concurrence", "low"): ((2.0263136046**2 / 4 - 1) ** 0.5, 5e-8),
            metric("negativity", "low"): ((2.0263136046 - 2) / (4 * 2**0.5 - 4), 5e-8),
            metric("bell_fidelity", "low"): (0.5, 0),
        },
    ),
    "Delft 2015, bits predictable: 0.0391 by the exact ceiling": (
        ["delft_2015/counts.json", "--rng-bias", str(DELFT_BIAS)],
        "violated",
        {metric("p_value"): (0.0391, 5e-5)},
    ),
    "Delft 2015, the ceiling 0.75003240034992 that was published": (
        ["delft_2015/counts.json", "--rng-bias", LOOSE_BIAS],
        "violated",
        {metric("p_value"): (0.03917464355879, 5e-14)},
    ),
    "Delft 2015 as fixed blocks: proves nothing": (
        ["delft_2015/counts.json", "--design", "fixed-blocks"],
        "inconclusive",
        {metric("p_value"): (0.412, 5e-4)},
    ),
    "Delft 2015 as plain JSON": (
        ["delft_2015/plain.json", "--design", "random", "--signs", "+++-"],
        "violated",
        chsh(2.4224998705, 0.2038, 196, 245, p_value=(0.03907767139, 5e-12)),
    ),
    "Delft 2016 psi-: published 2.31(21)": (
        ["delft_2016/psi_minus.json"],
        "inconclusive",
        chsh(2.3089547, 0.2126, 179, 228),
    ),
    "Delft 2016 psi+: published 2.47(37)": (
        ["delft_2016/psi_plus.json"],
        "inconclusive",
        chsh(2.4651039, 0.3682, 58, 72),
    ),
    "Delft 2016 together: published 237 of 300, p 0.061": (
        ["--wins", "237", "--trials", "300", "--design", "random", "--rng-bias", LOOSE_BIAS],
        "inconclusive",
        {metric("p_value"): (0.06072764457, 5e-9)},
    ),
    "Delft, both runs": (
        ["--wins", "433", "--trials", "545", "--design", "random", "--rng-bias", LOOSE_BIAS],
        "violated",
        {metric("p_value"): (0.008446211314, 5e-10)},
    ),
    "ETH 2023: published 2.0747(33), p < 1e-108": (
        ["eth_2023/wins.json", "--level", "0.99"],
        "violated",
        {
            **chsh(2.0747, 0.0033, 796223, 2**20, log10_p_value=(-108.5097, 5e-5), S__low=(2.0669184, 5e-8)),
            "payload.checks": (None, 0),  # outcomes are not known: no marginals to compare
            metric("concurrence", "low"): ((2.0669184133**2 / 4 - 1) ** 0.5, 5e-8),
        },
    ),
    "Munich 2022: published 2.578(75)": (
        ["munich_2022/diqkd.json", "--certificates", "all", "--qber", "0.0781"],
        "violated",
        {
            **chsh(
                2.5778317246, 0.0754, 1357, 1649, p_value=(8.0429428628e-13, 5e-23), S__low=(2.4538751, 5e-8)
            ),
            metric("e_value"): (2.0229714e10, 5e2),
            metric("concurrence", "low"): ((2.4538751015**2 / 4 - 1) ** 0.5, 5e-8),
            metric("guessing_probability", "high"): (0.5 + (2 - 2.4538751015**2 / 4) ** 0.5 / 2, 5e-8),
        },
    ),
    "Munich 2022, a ratio trained on earlier events": (
        [
            "munich_2022/diqkd.json",
            "--statistic",
            "ratio",
            "--train",
            "munich_2022/training.json",
        ],
        "violated",
        {metric("p_value"): (1.50e-11, 5e-14)},
    ),
    "Munich, the 150 earlier events": (
        ["munich_2022/training.json"],
        "violated",
        chsh(2.6090, 0.2484, 124, 150),
    ),
    "Innsbruck 1998: published 2.73(2), 30 standard errors; signalling takes the certificates": (
        ["innsbruck_1998/counts.json"],
        "violated",
        {
            **chsh(2.7276, 0.0244, 12232, 14573),
            **marginals(4.09, -7.87, 2.77, 1.98, digit=5e-3),
            "payload.checks.p_values.no-signalling.p_value": (1.5e-14, 5e-16),
            "payload.standard_errors_above_2": (30, 0.5),
            metric("concurrence", "low"): (None, 0),
            metric("bell_fidelity", "low"): (None, 0),
        },
    ),
    "Innsbruck 1998, settings drawn: uniform at p 2e-81": (
        ["innsbruck_1998/counts.json", "--design", "random"],
        "violated",
        {"payload.checks.p_values.settings.p_value": (2e-81, 5e-82)},
    ),
    "Vienna 2015 by clicks: published J 7.27e-6": (
        ["vienna_2015/counts.json", "--statistic", "clicks"],
        "violated",
        {
            metric("bell_value"): (7.2681395e-6, 5e-14),
            metric("log10_p_value"): (-33.2828, 5e-5),
            "payload.successes": (141439, 0),
            "payload.failures": (276514 - 141439, 0),
            **marginals(0.0265, -1.4375, 0.9589, 1.3580),
            "payload.checks.settings_chi_square": (75.9, 5e-2),
            "payload.checks.settings_p_value": (2e-16, 5e-17),
        },
    ),
    "Vienna 2015 by clicks, bits biased by 4.8e-4": (
        ["vienna_2015/counts.json", "--statistic", "clicks", "--rng-bias", "4.8e-4"],
        "violated",
        {metric("log10_p_value"): (-30.667, 5e-4)},
    ),
    "Vienna 2015 by wins: p 0.377, and S corrected from 8.56 to 17.52 standard errors": (
        ["vienna_2015/counts.json", "--daily"],
        "untrusted-data",
        {
            metric("p_value"): (0.377, 5e-4),
            "payload.standard_errors_above_2": (8.56, 5e-3),
            "payload.daily.quantities.1.value": (2 + 17.52 * 1.597315697e-6, 0.005 * 1.6e-6),
        },
    ),
    "NIST 2015 by clicks: published p 5.9e-9": (
        ["nist_2015/counts.json", "--statistic", "clicks"],
        "violated",
        {
            metric("bell_value"): (1.4151904e-5, 5e-13),
            metric("p_value"): (5.852491458e-9, 5e-19),
            "payload.successes": (6378, 0),
            "payload.failures": (12127 - 6378, 0),
            **marginals(0.3376, 0.7445, 1.5863, -0.3668),
            "payload.checks.settings_p_value": (0.206, 5e-4),
        },
    ),
    "NIST 2015 by clicks, bits biased by 0.003: published 2.3e-7": (
        ["nist_2015/counts.json", "--statistic", "clicks", "--rng-bias", "0.003"],
        "violated",
        {metric("p_value"): (2.286854716e-7, 5e-17)},
    ),
    "NIST 2015 by wins: corrected from 2.68 to 7.22 standard errors": (
        ["nist_2015/counts.json", "--daily"],
        "inconclusive",
        {
            "payload.standard_errors_above_2": (2.68, 5e-3),
            "payload.daily.quantities.1.value": (2 + 7.22 * 6.534689007e-6, 0.005 * 6.6e-6),
        },
    ),
    "NIST 2015 as transcribed with unequal settings, believed to be random": (
        ["nist_2015/unequal_settings.json"],
        "untrusted-data",
        {
            metric("S"): (2.000092, 5e-7),
            metric("log10_p_value"): (-3558, 0.5),
            metric("p_value"): (None, 0),
            "payload.checks.settings_chi_square": (21333, 0.5),
        },
    ),
    "NIST 2015 as transcribed, by blocks": (
        ["nist_2015/unequal_settings.json", "--design", "fixed-blocks"],
        "inconclusive",
        {metric("p_value"): (0.439, 5e-4)},
    ),
}

S_TABLE = [
    # S, wins, concurrence, Bell fidelity, negativity, min-entropy, entropy given Eve, key rate of Werner
    (2.0747, 0.7593375, 0.2758532626, 0.5, 0.0450854383, 0.0282635102, 0.0556092071, -0.5107),
    (2.1058229337, 0.7632278667, 0.3295793638, 0.5, 0.0638697904, 0.0408768852, 0.0798386066, -0.4714),
    (2.2, 0.775, 0.4582575695, 0.5651650429, 0.1207106781, 0.0825152035, 0.1572880007, -0.3459108089),
    (2.4, 0.8, 0.6633249581, 0.7035533906, 0.2414213562, 0.1940212594, 0.3461124358, -0.0408608700),
    (2.5, 0.8125, 0.75, 0.7727475644, 0.3017766953, 0.2675676927, 0.4564355568, 0.1367473302),
    (2.7, 0.8375, 0.9069178574, 0.9111359121, 0.4224873734, 0.4927812960, 0.7284821254, 0.5721232114),
    (2.8, 0.85, 0.9797958971, 0.9803300859, 0.4828427125, 0.7369655942, 0.9185310850, 0.8729236360),
    (8**0.5, 0.8535533906, 1, 1, 0.5, 1, 1, 1),
]


def reached(report: Any, path: str) -> Any:
    """The value at a dotted path; None where the report has no such thing."""
    for key in path.split("."):
        if isinstance(report, list):
            report = report[int(key)]
        else:
            report = report.get(key) if report is not None else None
    return report


def answer(qmono: Run, arguments: list[str]) -> Any:
    at = [SAMPLES / word if word.endswith(".json") else word for word in arguments]
    done = qmono("bell-test", *at, "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.mark.parametrize("name", CASES)
def test_a_published_table(name: str, qmono: Run) -> None:
    arguments, verdict, expected = CASES[name]
    report = answer(qmono, arguments)
    assert report["verdict"] == verdict
    for path, (value, tolerance) in expected.items():
        found = reached(report, path)
        wanted = value if value is None else pytest.approx(value, abs=tolerance, rel=0)
        assert found == wanted, f"{path} of {name}"


def test_innsbruck_is_violated_with_caution(qmono: Run) -> None:
    """Its signalling is seen at |z| 7.9 and too little for S; where it suffices: `test_bell_trust.py`."""
    assert answer(qmono, ["innsbruck_1998/counts.json"])["trust"] == "caution"


@pytest.mark.parametrize("row", S_TABLE)
def test_the_certificates_of_a_value_of_s(row: tuple[float, ...], qmono: Run) -> None:
    """`--plan` says what an S proves once it is a lower limit; the error rate is that of the Werner state."""
    s, wins, concurrence, fidelity, negativity, min_entropy, entropy, rate = row
    done = qmono("bell-test", "--plan", "--visibility", repr(s / 8**0.5), "--format", "json")
    assert done.code == 0, done.err
    made = json.loads(done.out)
    assert made["S"] == pytest.approx(s, abs=1e-12)
    assert made["win_probability"] == pytest.approx(wins, abs=5e-11)
    proves = made["proves"]
    digits = 5e-5 if s < 2.11 else 5e-10
    assert proves["concurrence"] == pytest.approx(concurrence, abs=1e-10)
    assert proves["negativity"] == pytest.approx(negativity, abs=1e-10)
    assert proves["bell_fidelity"] == pytest.approx(fidelity, abs=1e-10)
    assert proves["min_entropy"] == pytest.approx(min_entropy, abs=1e-10 if s < 2.82 else 2e-8)
    assert proves["conditional_entropy"] == pytest.approx(entropy, abs=1e-10 if s < 2.82 else 2e-8)
    assert proves["key_rate"] == pytest.approx(rate, abs=digits if s < 2.82 else 2e-8)


SHOTS = {2.0747: 58921, 2.1: 32783, 2.2: 8099, 2.4: 1974, 2.6: 853, 2.7: 617, 8**0.5: 431}
"""Trials for p < 1e-6 by Chernoff's bound; exact tails take about 15 % less."""


@pytest.mark.parametrize("s", SHOTS)
def test_trials_for_a_millionth_are_no_more_than_chernoff_says(s: float, qmono: Run) -> None:
    done = qmono("bell-test", "--plan", "--visibility", repr(s / 8**0.5), "--p-value", "1e-6", "-f", "json")
    needed = {row["design"]: row["even_chance"] for row in json.loads(done.out)["trials"]}
    assert 0.75 * SHOTS[s] < needed["random"] <= SHOTS[s]
    assert needed["fixed-blocks"] <= SHOTS[s]


@pytest.mark.parametrize(
    ("wins", "trials", "p", "tolerance", "status", "verdict"),
    [
        (3500, 4000, 5.0e-5, 5e-7, "fail", "untrusted-data"),
        (3510, 4096, 0.279, 5e-4, "pass", "violated"),
        (4000, 4000, 0, 1e-200, "fail", "untrusted-data"),
        (4, 4, 0.8535533906**4, 1e-9, "pass", "inconclusive"),
    ],
)
def test_wins_beyond_quantum_theory_are_an_alarm(
    wins: int, trials: int, p: float, tolerance: float, status: str, verdict: str, qmono: Run
) -> None:
    report = answer(qmono, ["--wins", str(wins), "--trials", str(trials), "--design", "random"])
    (check,) = [item for item in report["checks"] if item["name"] == "tsirelson"]
    assert check["p_value"] == pytest.approx(p, abs=tolerance)
    assert (check["status"], report["verdict"]) == (status, verdict)
    if wins == 4:
        assert report["metrics"]["p_value"]["value"] == pytest.approx(0.31640625)
        assert report["metrics"]["S"]["value"] == 4


EBERHARD = {1.0: 0.2071067812, 0.95: 0.1424364437, 0.90: 0.0899077567, 0.85: 0.0496901614}


@pytest.mark.parametrize("eta", EBERHARD)
def test_the_largest_value_at_an_efficiency(eta: float, qmono: Run) -> None:
    done = qmono("bell-test", "--plan", "--efficiency", str(eta), "--format", "json")
    assert (json.loads(done.out)["S_best_state"] - 2) / 4 == pytest.approx(EBERHARD[eta], abs=5e-10)
