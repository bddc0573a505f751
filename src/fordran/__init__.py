"""Fordran: an open, self-hosted debt-collection server for Sweden."""

__version__ = "0.1.0"
