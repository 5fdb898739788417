"""Hand-built reports, one for every situation a renderer must lay out; the numbers are invented."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qmono.analysis.comparison import compare_reports
from qmono.core.metric import Guarantee, Limit, Metric, exact, missing
from qmono.core.report import Check, MatrixSection, Note, Report, RequirementResult, Series, Table
from qmono.gate.suite import Outcome, Suite, SuiteEntry
from qmono.gate.suite_report import suite_report

CALIBRATION = Check("calibration", "no-data", "no systematic error is in these limits: no calibration counts")


def limited(
    name: str,
    value: float,
    std_error: float | None = None,
    low: float | None = None,
    high: float | None = None,
    method: str = "clopper-pearson",
    guarantee: Guarantee = "exact",
    reason: str | None = None,
) -> Metric:
    def limit(number: float | None) -> Limit | None:
        return None if number is None else Limit(number, method, guarantee)

    return Metric(name, value, std_error, low=limit(low), high=limit(high), reason=reason)


def provenance(
    backend: str | None = None, *inputs: str, seeds: dict[str, int] | None = None
) -> dict[str, Any]:
    return {
        "qmono": "0.1.0",
        "python": "3.11.9",
        "seeds": seeds or {},
        "inputs": [
            {
                "name": name,
                "sha256": "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
                "format": "plain-json",
                "bit_order": "qubit0-last",
                "setting_order": "qubit0-first",
            }
            for name in inputs
        ],
        "backend": backend,
        "command": "qmono example",
        "created": "2026-11-23T04:12:00Z",
    }


BELL_VIOLATED = Report(
    kind="bell-test",
    title="S = 2.797 +- 0.045, at least 2.721 (95 %); local bound 2",
    verdict="violated",
    trust="ok",
    source="simulated",
    metrics=(
        limited("S", 2.797363, 0.044631, 2.721312, 2.862199, "exact, 3480 wins of 4096"),
        exact("wins", 3480),
        exact("trials", 4096),
        Metric("p_value", 1.2e-54, reason="exact for independent trials, fixed blocks"),
        Metric("log10_p_value", -53.92, reason="exact for independent trials, fixed blocks"),
        Metric(
            "concurrence",
            0.9779,
            low=Limit(0.92247, "from S at least 2.721", "exact"),
            reason="no upper limit without tomography",
        ),
    ),
    checks=(
        Check("no-signalling", "pass", "marginals agree between settings", 0.41, "max |z| 1.2"),
        Check("tsirelson", "pass", "S is within the quantum bound 2.828"),
        Check("drift", "pass", "4 rounds agree", 0.73),
        Check("design", "not-applicable", "the design was declared"),
        CALIBRATION,
    ),
    sections=(
        Table(
            "counts",
            ("setting", "angles", "++", "+-", "-+", "--", "E"),
            (
                ("a0 b0", "0 45", 462, 84, 65, 413, 0.708984375),
                ("a0 b1", "0 -45", 445, 74, 76, 429, 0.70703125),
                ("a1 b0", "90 45", 450, 69, 88, 417, 0.693359375),
                ("a1 b1", "90 -45", 88, 418, 446, 72, -0.6875),
            ),
        ),
        Series("S by round", "round", (1.0, 2.0, 3.0, 4.0), "S", (2.81, 2.77, 2.8, 2.79)),
        Note("flips if", ("S is biased high by more than 0.721",)),
        Note("assumed", ("fixed blocks, independent trials",)),
    ),
    payload={"signs": "+++-", "counts": {"00": [462, 84, 65, 413]}},
    provenance=provenance("aer", seeds={"seed": 7, "transpiler": 11, "simulator": 12, "resampling": 13}),
)

BELL_UNTRUSTED = Report(
    kind="bell-test",
    title="S = 2.412 +- 0.031 could come from signalling: marginals shift by 0.51",
    verdict="untrusted-data",
    trust="failed",
    source="file",
    metrics=(
        limited("S", 2.412, 0.031, 2.361, 2.462, "per-setting limits added"),
        Metric("p_value", None, reason="below 1e-300; see log10_p_value"),
        Metric("log10_p_value", -312.47),
    ),
    checks=(
        Check(
            "no-signalling",
            "fail",
            "the marginal of one side depends on the input of the other",
            3e-26,
            "z = -10.5, shift 0.51",
            ("S", "p_value", "log10_p_value"),
        ),
        Check("values", "warn", "all values times 50 are integers: averages of 50 repeats?"),
        CALIBRATION,
    ),
    requirements=(
        RequirementResult(
            "S > 2",
            "inconclusive",
            2.361,
            0.361,
            "the limit is voided by no-signalling; to judge on it all the same: --accept no-signalling",
        ),
        RequirementResult("check:no-signalling", "fail", None, None, "the marginal depends on the input"),
    ),
    sections=(Note("assumed", ("settings in fixed blocks: the file does not say",)),),
    payload={"signs": "+++-"},
    provenance=provenance(None, "chip|pair *7*.json"),
)

BELL_INSUFFICIENT = Report(
    kind="bell-test",
    title="setting 11 has no counts",
    verdict="insufficient-data",
    trust="ok",
    source="hardware",
    metrics=(missing("S", "setting 11 has no counts"), missing("p_value", "setting 11 has no counts")),
    checks=(Check("settings", "no-data", "setting 11 has no counts"), CALIBRATION),
    requirements=(RequirementResult("S > 2", "no-data", None, None, "setting 11 has no counts"),),
    provenance=provenance("lab-7"),
)

_STATE_LIMIT = "from the fidelity limit"
TOMOGRAPHY_ENTANGLED = Report(
    kind="tomography",
    title="concurrence >= 0.848 (95 %)",
    verdict="entangled",
    trust="caution",
    source="file",
    metrics=(
        limited(
            "fidelity", 0.934082, 0.006201, 0.924177, 0.942995, "XX YY ZZ, 2937 of 3072, clopper-pearson"
        ),
        Metric(
            "fidelity_mle",
            0.933001,
            low=Limit(0.9221, "profile likelihood", "indicative"),
            high=Limit(0.9433, "profile likelihood", "indicative"),
        ),
        Metric(
            "concurrence",
            0.873104,
            low=Limit(0.848354, _STATE_LIMIT, "exact"),
            high=Limit(0.88999, "region maximum", "indicative"),
        ),
        Metric(
            "tangle", 0.762311, low=Limit(0.719704, _STATE_LIMIT, "exact"), reason="no upper limit asked for"
        ),
        Metric(
            "log_negativity", 0.9, low=Limit(0.887, _STATE_LIMIT, "exact"), reason="no upper limit asked for"
        ),
        Metric("negativity", 0.436552, low=Limit(0.424177, "likelihood region", "asymptotic")),
        Metric("purity", 0.879321, reason="no guaranteed limits"),
        Metric("likelihood_gap", 3.1e-07, high=Limit(3.1e-07, "convex duality", "exact"), unit="nat"),
        exact("log_likelihood", -10234.567),
        missing("goodness_of_fit_p", "the bracket straddles the threshold"),
    ),
    checks=(
        Check("goodness-of-fit", "pass", "p between 0.05 and 0.6; the fit's own F is 0.933"),
        Check("frame", "pass", "the best local rotation would give 0.936"),
        Check("order", "pass", "outcomes qubit0-last, labels qubit0-first; F and C do not depend on it"),
        Check("drift", "fail", "rounds differ", 2e-5, "F shifts by 0.004", ("fidelity_mle",)),
        Check("estimators-agree", "warn", "direct and fitted fidelity differ", 0.004, "0.0011, 2.9 sigma"),
        CALIBRATION,
    ),
    requirements=(
        RequirementResult("fidelity >= 0.9", "pass", 0.924177, 0.024177),
        RequirementResult("concurrence >= 0.95", "fail", 0.88999, -0.06001),
        RequirementResult("fidelity >= 0.9241771", "inconclusive", 0.924177, -1e-07),
        RequirementResult("purity >= 0.8", "inconclusive", None, None, "no guaranteed limits"),
        RequirementResult("residual >= 0", "no-data", None, None, "this report has no residual"),
        RequirementResult("verdict == entangled", "pass", None, None),
    ),
    accepted=("drift",),
    sections=(
        MatrixSection(
            "density matrix",
            ("00", "01", "10", "11"),
            (
                ((0.4871, 0.0), (0.002, -0.0011), (0.0, 0.0), (0.4523, -0.0124)),
                ((0.002, 0.0011), (0.0152, 0.0), (0.0001, 0.0002), (0.0, 0.0)),
                ((0.0, 0.0), (0.0001, -0.0002), (0.0168, 0.0), (-0.003, 0.0)),
                ((0.4523, 0.0124), (0.0, 0.0), (-0.003, 0.0), (0.4809, 0.0)),
            ),
        ),
        Table("eigenvalues", ("eigenvalue",), ((0.9363,), (0.0341,), (0.0201,), (0.0095,))),
        Note("flips if", ("F is biased high by more than 0.024", "C is biased high by more than 0.848")),
    ),
    payload={"target": "phi+", "eigenvalues": [0.9363, 0.0341, 0.0201, 0.0095]},
    provenance=provenance(None, "counts.json"),
)

TOMOGRAPHY_INCOMPLETE = Report(
    kind="tomography",
    title="the settings do not identify the state: YY is missing",
    verdict="inconclusive",
    trust="caution",
    source="hardware",
    metrics=(
        missing("fidelity", "YY has no counts"),
        missing("concurrence", "the likelihood has no unique maximum"),
        Metric("concurrence[0,1]", 0.5, reason="limits need YY"),
        Metric("negativity[0|1,2]", 0.25, 0.01, reason="limits need YY"),
    ),
    checks=(Check("completeness", "warn", "1 of 9 settings is missing: YY"), CALIBRATION),
    payload={"target": "phi+", "density_matrix": None},
    provenance=provenance("lab-7", "a.json", "b.json"),
)

FIDELITY_CERTIFIED = Report(
    kind="fidelity",
    title="fidelity to ghz:5 at least 0.912 (95 %)",
    verdict="certified",
    trust="caution",
    source="simulated",
    metrics=(
        replace(
            limited("fidelity", 0.0, None, 0.9127, 0.9681), value=None, reason="two settings only bound it"
        ),
    ),
    checks=(
        Check("design", "pass", "complete blocks of settings, passes pooled"),
        Check("drift", "warn", "the counts change from round to round", 0.003, "largest shift 0.081, XXXXX"),
        CALIBRATION,
    ),
    requirements=(RequirementResult("fidelity >= 0.9", "pass", 0.9127, 0.0127),),
    sections=(
        Table("settings", ("setting", "passes", "shots", "rate"), (("ZZZZZ", 967, 1000, 0.967),)),
        Note("flips if", ("F is biased high by more than 0.412",)),
    ),
    payload={"target": "ghz:5", "protocol": "stabilizer-bound", "shots": 2000},
    provenance=provenance("aer", seeds={"seed": 7}),
)

MEASURES_ENTANGLED = Report(
    kind="measures",
    title="lab-state: negativity 0.31 across a cut",
    verdict="entangled",
    trust="ok",
    source="file",
    metrics=(
        exact("concurrence[0,1]", 0.62),
        exact("negativity[0|1,2]", 0.31),
        exact("purity", 0.7),
        missing("three_tangle", "the formula is for pure states, this one has purity 0.7"),
        exact("residual[0]", 0.2),
    ),
    checks=(Check("plug-in", "pass", "the state is exact, and so are its numbers"),),
    requirements=(RequirementResult("purity >= 0.6", "pass", 0.7, 0.1),),
    sections=(Note("no residual", ("residual of C^3: the formula is for pure states",)),),
    payload={"state": "lab-state", "dims": [2, 2, 2]},
    provenance=provenance(None),
)

MONOGAMY_VIOLATED = Report(
    kind="monogamy",
    title="no single state of qubits 0 1 2 can give both files",
    verdict="violated",
    trust="ok",
    source="file",
    metrics=(
        replace(limited("fidelity[0,1]", 0.884, 0.007, 0.863, 0.902), level=0.975),
        replace(limited("fidelity[0,2]", 0.855, 0.008, 0.833, 0.876), level=0.975),
        limited("budget_headroom[0]", -0.412, None, -0.49, -0.318, "star rule on simultaneous limits"),
        limited("residual[0]", 0.03, 0.04, -0.05, 0.11, "delta method", "asymptotic"),
    ),
    checks=(CALIBRATION,),
    requirements=(RequirementResult("budget_headroom[0] >= 0", "fail", -0.318, -0.318),),
    sections=(
        Table(
            "pairs",
            ("pair", "Bell state", "measured F", "at least", "at most", "beside the others at most", "shots"),
            (
                ("0-1", "phi+", 0.884, 0.8636, 0.9021, 0.767, 3072.0),
                ("0-2", "psi-", 0.855, 0.8339, 0.8761, 0.7319, 3072.0),
                ("1-2", None, None, None, None, None, 0.0),
            ),
        ),
        Note(
            "look at, in this order",
            ("time: ab 2026-11-20, ac 2026-11-23", "identity: is qubit 0 the same qubit?"),
        ),
        Note("assumed", ("same physical qubit 0, same preparation, all shots kept",)),
    ),
    payload={"pairs": ["0,1", "0,2"]},
    provenance=provenance(None, "ab.json", "ac.json"),
)

_LINK = SuiteEntry("link-0-1", "tomography", ("fidelity >= 0.9", "concurrence >= 0.95"), counts="a.json")
_BELL = SuiteEntry("bell-5-8", "bell-test", ("S > 2", "S >= 2.9"), state="phi+", owner="photonics")
_GONE = SuiteEntry("gone", "tomography", ("fidelity >= 0.9",), counts="gone.json")
_ADVICE = replace(_BELL, name="advice", require=("S >= 2.9",), severity="warning")
_HIGH = RequirementResult("S >= 2.9", "fail", 2.862199, -0.037801)
_SUITE_BASELINE = suite_report(
    Suite("nightly", (_LINK,)),
    [
        Outcome(
            _LINK,
            replace(TOMOGRAPHY_ENTANGLED, metrics=(limited("fidelity", 0.98, 0.004, 0.97, 0.989),)),
        )
    ],
)
SUITE_FAILED = suite_report(
    Suite("nightly", (_LINK, _BELL, _GONE, _ADVICE), looks=2),
    [
        Outcome(_LINK, replace(TOMOGRAPHY_ENTANGLED, requirements=TOMOGRAPHY_ENTANGLED.requirements[:2])),
        Outcome(
            _BELL,
            replace(
                BELL_VIOLATED,
                requirements=(RequirementResult("S > 2", "pass", 2.721312, 0.721312), _HIGH),
            ),
            refuted=frozenset({1}),
        ),
        Outcome(_GONE, problem="gone.json: cannot be read: No such file or directory"),
        Outcome(_ADVICE, replace(BELL_VIOLATED, requirements=(_HIGH,)), refuted=frozenset({0})),
    ],
    _SUITE_BASELINE,
).with_provenance(provenance("aer", "nightly.toml", seeds={"seed": 7}))

COMPARISON_DIFFERENT = compare_reports(
    TOMOGRAPHY_ENTANGLED,
    replace(
        TOMOGRAPHY_ENTANGLED,
        metrics=(limited("fidelity", 0.98, 0.004, 0.97, 0.989), missing("concurrence", "no fit was made")),
        checks=(CALIBRATION,),
    ),
).with_provenance(provenance(None, "monday.json", "tuesday.json"))

EXAMPLES = {
    "bell-violated": BELL_VIOLATED,
    "bell-untrusted": BELL_UNTRUSTED,
    "bell-insufficient": BELL_INSUFFICIENT,
    "tomography-entangled": TOMOGRAPHY_ENTANGLED,
    "tomography-incomplete": TOMOGRAPHY_INCOMPLETE,
    "fidelity-certified": FIDELITY_CERTIFIED,
    "measures-entangled": MEASURES_ENTANGLED,
    "monogamy-violated": MONOGAMY_VIOLATED,
    "suite-failed": SUITE_FAILED,
    "comparison-different": COMPARISON_DIFFERENT,
}
