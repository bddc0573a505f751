"""The only place that speaks SQL, and the only place that imports the database driver."""
