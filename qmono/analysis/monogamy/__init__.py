"""Joint counts, pairs measured apart, claims -> report: who can share what with whom."""
