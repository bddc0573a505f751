"""Outside: what leaves the server for others to fetch. It reads no database and no clock."""
