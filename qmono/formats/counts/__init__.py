"""Formats of counts tables: the own one and its NPZ twin, what people save by hand, photon counters."""
