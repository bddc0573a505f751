"""Tests. What several of them need lies in tests/world.py and conftest.py."""
