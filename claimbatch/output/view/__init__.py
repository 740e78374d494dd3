"""What stands on the documents that people print, as plain data; how it looks is told elsewhere."""
