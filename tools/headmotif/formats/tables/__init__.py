"""Tables and summaries: TSV and JSON."""
