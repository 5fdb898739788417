"""The vocabulary everything else speaks: registry, counts, metrics, report, provenance."""
