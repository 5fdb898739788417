"""What a report was made from: versions, seeds, inputs, backend, command, time."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from qmono.core.vocabulary import Order
from qmono.version import __version__


@dataclass(frozen=True)
class Origin:
    """Where a table was read from, for the provenance of a report.

    `bit_order` and `setting_order` are how the file was read; `declared` tells whether the outcome
    order was stated (by the file's format or the user) or only assumed.
    """

    name: str
    sha256: str
    format: str
    bit_order: Order | None = None
    setting_order: Order | None = None
    declared: bool = True


@dataclass(frozen=True)
class Provenance:
    """Everything needed to make the same report again. `created` is an RFC 3339 time or None."""

    command: str
    inputs: tuple[Origin, ...] = ()
    backend: str | None = None
    seeds: Mapping[str, int] = field(default_factory=dict)
    created: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The `provenance` object of `qmono.report/1`."""
        return {
            "qmono": __version__,
            "python": platform.python_version(),
            "seeds": dict(self.seeds),
            "inputs": [
                {
                    "name": origin.name,
                    "sha256": origin.sha256,
                    "format": origin.format,
                    "bit_order": origin.bit_order,
                    "setting_order": origin.setting_order,
                }
                for origin in self.inputs
            ],
            "backend": self.backend,
            "command": self.command,
            "created": self.created,
        }


def rfc3339(now: datetime) -> str:
    """UTC time to the second, such as `2026-11-23T04:12:00Z`."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
