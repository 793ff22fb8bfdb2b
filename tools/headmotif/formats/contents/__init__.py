"""What a file of any kind is and holds, in lines of a name and a value."""
