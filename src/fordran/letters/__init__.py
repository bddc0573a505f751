"""Letters: what each must contain, and how it becomes a PDF."""
