"""Plans and states to Qiskit circuits. Qubit 0 of qmono is qubit 0 of every circuit."""
