"""One BLAS thread: more slow small matrices down, and times with them depend on what else runs."""

ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
"""Environment of a process that shall use one; set before NumPy is loaded."""
