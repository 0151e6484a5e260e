"""Reading foreign files: packaging, mapping, cells. Nothing here writes to the database."""
