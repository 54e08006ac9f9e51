"""A request → a document: what a URL means, which posts it shows, and their clean bodies."""
