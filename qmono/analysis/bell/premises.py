"""Checks of what was declared, not of numbers: design, version, values, calibration."""

from __future__ import annotations

from collections.abc import Mapping

from qmono.analysis.bell.declared import Declared
from qmono.analysis.bell.words import p_text
from qmono.core.counts import CountsTable
from qmono.core.report import Check
from qmono.core.vocabulary import Design
from qmono.quantum.bell.chsh_estimate import ChshEvidence

LIMITS = (
    "S",
    "p_value",
    "log10_p_value",
    "e_value",
    "log10_e_value",
    "concurrence",
    "entanglement_of_formation",
    "negativity",
    "bell_fidelity",
    "guessing_probability",
    "min_entropy",
    "conditional_entropy",
    "key_rate",
)
"""The metrics whose guarantee a failed check takes away."""


def design_check(
    declared: str | None, filed: str | None, used: ChshEvidence, as_other: Mapping[Design, ChshEvidence]
) -> Check:
    """Whether anybody said how the settings were chosen, and what hangs on it."""
    words = {"random": "settings random in every trial", "fixed-blocks": "fixed blocks"}
    if declared is None:
        judged, other = _outcome(used), _outcome(as_other["random"])
        return Check(
            "design",
            "warn",
            f"NOT DECLARED: judged as fixed blocks, {judged}; "
            f"if settings were random in every trial: {other} (--design random)",
        )
    message = f"{words[used.design]}, as declared"
    if filed is not None and filed != declared:
        message += f" (the file says {filed})"
    return Check("design", "pass", message)


def declared_design_check(said: Declared, table: CountsTable) -> Check:
    """The design where only one is possible, as declared."""
    message = "settings random in every trial, as declared"
    if table.design is not None and table.design != said.design:
        message += f" (the file says {table.design})"
    return Check("design", "pass", message)


def _outcome(evidence: ChshEvidence) -> str:
    word = "violated" if evidence.is_violated else "not shown to be violated"
    return f"p {p_text(evidence.log10_p)}, {word}"


def values_check(table: CountsTable) -> Check:
    """Whether the numbers are counts at all."""
    if table.values == "corrected":
        message = "corrected values: not a Bell test, no p value and no limits"
        return Check("values", "fail", message, voids=LIMITS)
    if table.values == "averages":
        return Check(
            "values", "warn", "averages: their shot noise is unknown until --mean-of restores counts"
        )
    if table.mean_of is not None:
        return Check("values", "pass", f"averages of {table.mean_of} repeats, multiplied back to counts")
    return Check("values", "pass", "counts")


def calibration_check() -> Check:
    """No counts can show a systematic error of the settings or the readout."""
    return Check("calibration", "no-data", "no systematic error is in these limits")


def detection_checks(table: CountsTable) -> tuple[Check, ...]:
    """What became of trials without a click, and what it costs; nothing where no such trial is known of."""
    found = table.metadata.get("no_click")
    if not isinstance(found, Mapping):
        return ()
    share = max(found["a"], found["b"]) / found["trials"]
    effect = f"no click in up to {100 * share:.3g} % of the trials of one side"
    if found["handled"] == "assigned":
        message = "trials without a click count as the outcome -1: none is dropped"
        return (Check("detection", "pass", message, effect=effect),)
    seen = [found[f"efficiency_{side}"] for side in "ab"]
    words = "" if None in seen else f", efficiency {min(seen):.3f}"
    needed = "to keep all trials takes 0.667 at least, 0.829 with a Bell state"
    message = f"trials without a click were dropped: fair sampling assumed{words}; {needed}"
    return (Check("detection", "warn", message, effect=effect),)


def signs_check(judged: ChshEvidence, any_version: ChshEvidence) -> Check:
    """Whether another version would be violated where the declared one is not, all eight paid for."""
    if judged.versions > 1:
        return Check("signs", "pass", f"not declared: all eight versions tried, {judged.signs} judged")
    if judged.is_violated or not any_version.is_violated:
        return Check("signs", "pass", f"{judged.signs}, as declared")
    return Check(
        "signs",
        "warn",
        f"declared {judged.signs}, but {any_version.signs} gives S = {any_version.s_value:.3f}, p "
        f"{p_text(any_version.log10_p)} with all eight versions paid for: are inputs or outcomes exchanged?",
    )
