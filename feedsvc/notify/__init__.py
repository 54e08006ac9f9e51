"""Tell caches in front and WebSub hubs of changes: who is told (`targets`), how (`delivery`), and when (`courier`)."""
