"""Long checks that people run by hand; the tests do not need them."""
