"""The commands: each in a module of its name, which the command line loads when it is called."""
