"""Counts of a Bell test -> report: CHSH, other inequalities, plans, scans, certificates."""
