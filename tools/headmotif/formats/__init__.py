"""The file formats: one module each, with its specification, its reader, its writer and its error messages."""
