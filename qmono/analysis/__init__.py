"""Counts to report, one file per kind of report."""
