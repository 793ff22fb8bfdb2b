"""What a report says: verdicts, findings, methods."""
