"""Bell monogamy: CHSH of pairs that share a qubit, from files of their own or from one table."""
