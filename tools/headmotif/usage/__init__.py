"""What is said of a command's use: help pages, examples, what is wrong with a command line, completion on Tab.

Made from the commands' signatures, with nothing that takes long to load: --help waits for it.
"""
