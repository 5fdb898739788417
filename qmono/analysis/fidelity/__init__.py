"""Counts of a fidelity protocol -> report."""
