"""From counts to a state: closed forms, certified maximum likelihood, many fits at once."""
