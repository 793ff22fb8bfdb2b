"""The words of a report: verdicts, findings and methods."""
