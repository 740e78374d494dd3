"""The command line: opens files, prints, exits; one file a noun, no logic."""
