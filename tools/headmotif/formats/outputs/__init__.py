"""Results in files of several formats: the calls of a genome, a folder for genome browsers."""
