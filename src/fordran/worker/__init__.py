"""The worker: asks what is due, and carries it out in batches."""
