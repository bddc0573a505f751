"""`python -m fordran` is `fordran`."""

from fordran.cli.main import app

app()
