"""Law as dated rows, each with its source and the date it was read."""
