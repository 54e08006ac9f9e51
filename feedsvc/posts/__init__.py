"""The text of a file → Post: front matter, dates, and the rules of the site's generator. Pure."""
