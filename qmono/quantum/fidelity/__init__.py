"""Fidelity to a target, exactly and from counts."""
