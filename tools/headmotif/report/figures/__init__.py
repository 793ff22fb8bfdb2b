"""What a report draws, with matplotlib and as SVG."""
