"""Sets of states that the counts allow, and proven extrema over them."""
