"""Two guards on every table: each entry loads, and no file of its package is missing from it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import qmono
from qmono.api.suite_kinds import KINDS
from qmono.backends import SAMPLERS
from qmono.cli.main import COMMANDS
from qmono.core.registry import Entry, Registry
from qmono.formats import FORMATS
from qmono.quantum.bell import INEQUALITIES
from qmono.quantum.fidelity.protocols import PROTOCOLS
from qmono.quantum.measures import MEASURES
from qmono.quantum.monogamy import JOINT_RELATIONS, RELATIONS
from qmono.quantum.tomography import ESTIMATORS
from qmono.quantum.tomography.models.model import MODELS
from qmono.report import RENDERERS

PACKAGE = Path(qmono.__file__).parent
TABLES = [
    COMMANDS,
    SAMPLERS,
    FORMATS,
    INEQUALITIES,
    MEASURES,
    RELATIONS,
    MODELS,
    JOINT_RELATIONS,
    ESTIMATORS,
    PROTOCOLS,
    RENDERERS,
    KINDS,
]
EVERY_ENTRY = [
    pytest.param(table, entry, id=f"{table.kind}-{entry.name}") for table in TABLES for entry in table
]


def modules() -> dict[str, Path]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imported_by(path: Path) -> set[str]:
    """Every qmono module that a file imports or names as a registry target."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value.partition(":")[0])
    return names


@pytest.mark.parametrize(("table", "entry"), EVERY_ENTRY)
def test_every_entry_loads_and_says_what_it_is(table: Registry, entry: Entry) -> None:
    assert table.load(entry.name) is not None
    assert entry.summary


def test_no_orphan_file() -> None:
    """Starting from the program, the public names and the plugin, every module can be reached."""
    everything = modules()
    reached, open_ends = set(), {"qmono", "qmono.__main__", "qmono.pytest_plugin"}
    while open_ends:
        name = open_ends.pop()
        reached.add(name)
        open_ends |= (imported_by(everything[name]) & everything.keys()) - reached
        open_ends |= {name.rpartition(".")[0]} - reached - {""}
    assert sorted(everything.keys() - reached) == []


def test_every_catalogue_is_listed_by_the_program() -> None:
    from qmono.cli.catalogue import catalogue

    listed = dict(catalogue())
    for table in TABLES[1:]:
        assert [name for name, _ in listed[table.plural]] == list(table.names)


def test_monogamy_relations_are_listed_with_what_they_need_and_mean() -> None:
    from qmono.cli.catalogue import catalogue

    for name, summary in dict(catalogue())[RELATIONS.plural]:
        relation = RELATIONS.load(name)
        assert " or ".join(relation.needs) in summary
        assert relation.domain in summary
        assert relation.meaning in summary
