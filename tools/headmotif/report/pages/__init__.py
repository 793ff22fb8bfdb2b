"""What a report is written as: the HTML page, its PDF, sections for MultiQC, and tables to download."""
