"""What heads look at: recorded for chosen positions, told from chance, cut into regions, counted by offset."""
