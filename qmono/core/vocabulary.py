"""The words that files, options and reports share."""

from __future__ import annotations

from typing import Literal

Statistics = Literal["multinomial", "poisson"]
Values = Literal["counts", "averages", "corrected"]
Design = Literal["random", "fixed-blocks"]
Source = Literal["simulated", "hardware", "file"]
Order = Literal["qubit0-first", "qubit0-last"]
Statistic = Literal["wins", "betting", "clicks", "ratio"]
"""What the p value of a Bell test is made of."""
