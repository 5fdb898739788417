"""Pure physics and statistics: arrays and a random generator in, frozen results out.

Nothing here prints, opens a file or reads the clock.
"""
