"""What speaks against a fit or cannot be known from the rows: misfit, missing rows, wrong labels."""
