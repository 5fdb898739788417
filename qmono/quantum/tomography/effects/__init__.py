"""What was measured, as linear maps between states and probabilities; never one matrix for many qubits."""
