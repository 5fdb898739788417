"""Counts of a tomography -> report: the fit, its limits, its checks."""
