"""Measures Fordran against the bare database, in one run, on one cluster."""
