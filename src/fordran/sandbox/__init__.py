"""The sandbox: the same server with virtual clocks and a demo world."""
