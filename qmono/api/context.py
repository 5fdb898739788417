"""What a report says about how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qmono.core.counts import CountsTable
from qmono.core.provenance import Origin, Provenance, rfc3339
from qmono.core.seeds import derive_seeds


@dataclass(frozen=True)
class Context:
    """What a report says about how it was made, besides its inputs: the command and the time."""

    command: str = "python"
    now: datetime | None = None

    def provenance(
        self, tables: Sequence[CountsTable], seed: int | None = None, origins: Sequence[Origin] = ()
    ) -> dict[str, object]:
        """The provenance of a report made from these tables, or from other files."""
        return Provenance(
            command=self.command,
            inputs=(*origins, *(table.origin for table in tables if table.origin is not None)),
            backend=tables[0].metadata.get("backend") if tables else None,
            seeds=_seeds(tables[0], seed) if tables else {},
            created=rfc3339(self.now) if self.now else None,
        ).to_json()


def _seeds(table: CountsTable, seed: int | None) -> dict[str, int]:
    """The seeds of a live run, which are in its metadata; else those of the analysis."""
    if "seeds" in table.metadata and table.origin is None:
        return {"seed": table.metadata["seed"], **table.metadata["seeds"]}
    return {} if seed is None else {"seed": seed, "resampling": derive_seeds(seed).resampling}
