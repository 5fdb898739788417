"""Requirements: metrics in, pass, fail or inconclusive out."""
