"""`python -m qmono` is the program `qmono`."""

from qmono.cli.main import main

main()
