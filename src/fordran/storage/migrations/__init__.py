"""Numbered migrations: each a file of SQL, applied once, in order."""
