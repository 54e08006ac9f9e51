"""The text of a body → HTML: Markdown, with Liquid, shortcodes and comments. Pure."""
