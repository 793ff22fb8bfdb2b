"""The report put together: as a page, as a PDF, for MultiQC, and its numbers as tables."""
