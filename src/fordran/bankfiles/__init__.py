"""Bank files: text in, records out, and back; nothing here opens a file or a connection."""
