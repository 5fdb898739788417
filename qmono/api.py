"""qmono from Python: what the commands call, with the same words.

    counts = qmono.read_counts("counts.json", bit_order="qubit0-last")
    report = qmono.tomography(counts, target="phi+", require=["fidelity >= 0.9"])
    report.verdict, report.metric("fidelity").low.value, qmono.exit_code(report)

Heavy modules are imported where they are used, so that judging a saved report loads no physics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.core.provenance import Provenance, rfc3339
from qmono.core.report import Report
from qmono.core.seeds import derive_seeds
from qmono.errors import UsageError
from qmono.gate import judge as judging
from qmono.gate.judge import exit_code
from qmono.gate.requirement import MetricRequirement, Requirement, check_accepted, parse_requirement

if TYPE_CHECKING:
    from qmono.quantum.plans import Plan
    from qmono.quantum.states import State

__all__ = [
    "Context",
    "bell_test",
    "exit_code",
    "judge",
    "measure_bell",
    "measure_tomography",
    "monogamy",
    "monogamy_of_pairs",
    "read_counts",
    "read_report",
    "read_state",
    "requirements",
    "tomography",
    "write_counts",
]


@dataclass(frozen=True)
class Context:
    """What a report says about how it was made, besides its inputs: the command and the time."""

    command: str = "python"
    now: datetime | None = None

    def provenance(self, tables: Sequence[CountsTable], seed: int | None = None) -> dict[str, object]:
        """The provenance of a report made from these tables."""
        first = tables[0]
        return Provenance(
            command=self.command,
            inputs=tuple(table.origin for table in tables if table.origin is not None),
            backend=first.metadata.get("backend"),
            seeds=_seeds(first, seed),
            created=rfc3339(self.now) if self.now else None,
        ).to_json()


def _seeds(table: CountsTable, seed: int | None) -> dict[str, int]:
    """The seeds of a live run, which are in its metadata; else those of the analysis."""
    if "seeds" in table.metadata and table.origin is None:
        return {"seed": table.metadata["seed"], **table.metadata["seeds"]}
    return {} if seed is None else {"seed": seed, "resampling": derive_seeds(seed).resampling}


def read_counts(
    source: str | Path,
    *,
    input_format: str | None = None,
    bit_order: str | None = None,
    setting_order: str | None = None,
    column: str | None = None,
    mean_of: int | None = None,
    stdin: BinaryIO | None = None,
) -> CountsTable:
    """Counts from a file ("-": from `stdin`), in any format of the catalogue.

    Raises InputError (file, place) for what is malformed, UsageError for options the format has no use for.
    """
    from qmono.formats.reading import ReadOptions, read_counts as read  # noqa: I001

    options = ReadOptions(input_format, bit_order, setting_order, column, mean_of)
    return read(source, options, stdin=stdin)


def write_counts(table: CountsTable, path: str | Path) -> None:
    """Write counts to a file in the format of its extension, whole or not at all."""
    from qmono.formats.writing import write_counts as write

    write(table, Path(path))


def read_report(path: str | Path, *, stdin: BinaryIO | None = None) -> Report:
    """A saved `qmono.report/1` document."""
    from qmono.formats.report_file import read_report as read

    return read(path, stdin=stdin)


def read_state(text: str) -> State:
    """The state that a name ("ghz:3"), a state file, an OpenQASM 3 file or a tomography report stands for."""
    from qmono.quantum.states import named_state

    path = Path(text)
    if not path.is_file():
        if path.suffix in (".json", ".npy", ".qasm"):
            raise UsageError(f"there is no file {text!r} to read a state from")
        return named_state(text)
    if path.suffix == ".qasm":
        from qmono.circuits.qasm import read_qasm_state

        return read_qasm_state(path)
    from qmono.formats.state_file import read_state as read

    return read(path)


def requirements(kind: str, expressions: Sequence[str]) -> tuple[Requirement, ...]:
    """Requirements on a report of that kind; UsageError for a wrong expression or an unknown name."""
    return tuple(parse_requirement(expression, kind) for expression in expressions)


def judge(report: Report, require: Sequence[str] = (), accept: Sequence[str] = ()) -> Report:
    """A report with requirements judged on its proven limits; see `exit_code`."""
    accepted = check_accepted(tuple(accept), report.kind)
    return judging.judge(report, requirements(report.kind, require), accepted)


def bell_test(
    counts: CountsTable,
    *,
    signs: str | None = None,
    design: str | None = None,
    level: float = 0.95,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """CHSH from counts: S with limits, a p value valid for the design, checks, verdict."""
    from qmono.analysis.bell_test import analyse_bell_test

    _check_level(level)

    def analyse(table: CountsTable) -> Report:
        return analyse_bell_test(table, signs=signs, design=design, level=level)

    return _judged("bell-test", counts, analyse, require=require, accept=accept, context=context or Context())


def tomography(
    counts: CountsTable,
    *,
    target: State | str | None = None,
    level: float = 0.95,
    estimator: str = "mle",
    seed: int = 0,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """A certified state estimate from counts, with limits on what may gate.

    target: a State, anything `read_state` takes, or "best-bell" (which pays for the choice).
    """
    import numpy as np

    from qmono.analysis.tomography import analyse_tomography

    _check_level(level)
    best_bell = target == "best-bell"
    state = read_state(target) if isinstance(target, str) and not best_bell else target
    resampling = derive_seeds(seed).resampling

    def analyse(table: CountsTable) -> Report:
        return analyse_tomography(
            table,
            target=None if isinstance(state, str) else state,
            best_bell=best_bell,
            level=level,
            estimator=estimator,
            rng=np.random.default_rng(resampling),
        )

    return _judged(
        "tomography", counts, analyse, require=require, accept=accept, context=context or Context(), seed=seed
    )


def monogamy(
    counts: CountsTable,
    *,
    level: float = 0.95,
    seed: int = 0,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """Monogamy residuals of a joint tomography of three qubits or more, which can only satisfy."""
    import numpy as np

    from qmono.analysis.monogamy import analyse_joint

    _check_level(level)
    resampling = derive_seeds(seed).resampling

    def analyse(table: CountsTable) -> Report:
        return analyse_joint(table, level=level, rng=np.random.default_rng(resampling))

    return _judged(
        "monogamy", counts, analyse, require=require, accept=accept, context=context or Context(), seed=seed
    )


def monogamy_of_pairs(
    pairs: Mapping[tuple[int, int], CountsTable],
    *,
    level: float = 0.95,
    seed: int = 0,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """Whether separately measured pairs can be marginals of one state: tangle sum and star fidelity rule."""
    import numpy as np

    from qmono.analysis.monogamy import analyse_pairs

    _check_level(level)
    rng = np.random.default_rng(derive_seeds(seed).resampling)
    report = analyse_pairs(pairs, level=level, rng=rng)
    made = report.with_provenance((context or Context()).provenance(list(pairs.values()), seed))
    return judge(made, require, accept)


def measure_bell(
    state: State | str = "phi+",
    *,
    shots: int = 1000,
    rounds: int = 4,
    seed: int | None = None,
    backend: str = "aer",
    noise: str | None = None,
    progress: Progress = no_progress,
    on_round: Callable[[CountsTable], None] | None = None,
) -> CountsTable:
    """Run a CHSH test on a backend: four settings of `shots` each, in interleaved rounds."""
    from qmono.quantum.bell.chsh_settings import chsh_plan

    prepared = read_state(state) if isinstance(state, str) else state
    plan = chsh_plan(prepared, shots, rounds)
    return _measure(
        plan, prepared, backend=backend, noise=noise, seed=seed, progress=progress, on_round=on_round
    )


def measure_tomography(
    state: State | str = "phi+",
    *,
    shots: int = 1000,
    rounds: int = 4,
    seed: int | None = None,
    backend: str = "aer",
    noise: str | None = None,
    progress: Progress = no_progress,
    on_round: Callable[[CountsTable], None] | None = None,
) -> CountsTable:
    """Run full Pauli tomography on a backend: 3**n settings of `shots` each, in interleaved rounds."""
    from qmono.quantum.plans import pauli_plan

    prepared = read_state(state) if isinstance(state, str) else state
    plan = pauli_plan(prepared.n_qubits, shots, rounds)
    return _measure(
        plan, prepared, backend=backend, noise=noise, seed=seed, progress=progress, on_round=on_round
    )


def _measure(
    plan: Plan,
    state: State,
    *,
    backend: str,
    noise: str | None,
    seed: int | None,
    progress: Progress,
    on_round: Callable[[CountsTable], None] | None,
) -> CountsTable:
    from qmono.backends.execution import run_plan
    from qmono.backends.noise import parse_noise

    return run_plan(
        plan,
        state,
        backend=backend,
        noise=parse_noise(noise) if noise else None,
        seed=seed,
        progress=progress,
        on_round=on_round,
    )


def _judged(
    kind: str,
    counts: CountsTable,
    analyse: Callable[[CountsTable], Report],
    *,
    require: Sequence[str],
    accept: Sequence[str],
    context: Context,
    seed: int | None = None,
) -> Report:
    from qmono.analysis.readings import check_order_matters_not

    required = requirements(kind, require)
    accepted = check_accepted(tuple(accept), kind)
    report = analyse(counts)
    metrics = tuple(item.metric for item in required if isinstance(item, MetricRequirement))
    check_order_matters_not(counts, report, analyse, metrics)
    return judging.judge(report.with_provenance(context.provenance([counts], seed)), required, accepted)


def _check_level(level: float) -> None:
    if not 0.5 <= level < 1:
        raise UsageError(f"--level must lie between 0.5 and 1, got {level:g}")
