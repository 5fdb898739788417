"""Files of single Bell trials, tallied while they are read, and files that grow."""
