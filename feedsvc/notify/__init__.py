"""Tell caches in front and WebSub hubs of changes: whom (`targets`), how (`delivery`), and when (`notifier`)."""
