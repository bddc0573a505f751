"""fordran demo (see cli/demo_show.py)."""


def demo() -> None:
    """Show."""
