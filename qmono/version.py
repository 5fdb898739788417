"""The version of qmono: of the package, of the program, and in every report."""

__version__ = "0.1.0"
