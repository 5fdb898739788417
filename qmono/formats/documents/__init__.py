"""Files other than counts: states, claims, inequalities, suites and reports."""
