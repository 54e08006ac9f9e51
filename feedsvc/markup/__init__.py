"""The text of a body → HTML: Markdown, and what stands in it for something else. Pure."""
