"""A file of the folder → Post: front matter, dates and what a generator makes of it. Pure."""
