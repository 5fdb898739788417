"""Claims about a network, judged qubit by qubit."""
