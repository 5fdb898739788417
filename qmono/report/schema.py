"""The published JSON Schemas, by the name that documents carry in their `schema` field."""

from __future__ import annotations

from importlib.resources import files

from qmono.errors import UsageError, did_you_mean

SCHEMAS = {
    "qmono.report/1": "report-1.json",
    "qmono.counts/1": "counts-1.json",
    "qmono.state/1": "state-1.json",
    "qmono.suite/1": "suite-1.json",
    "qmono.inequality/1": "inequality-1.json",
}


def schema_text(name: str) -> str:
    """The text of a JSON Schema (draft 2020-12), such as that of `"qmono.report/1"`."""
    if name not in SCHEMAS:
        raise UsageError(f"unknown schema {name!r}{did_you_mean(name, SCHEMAS)}")
    return files("qmono").joinpath("schemas", SCHEMAS[name]).read_text(encoding="utf-8")
