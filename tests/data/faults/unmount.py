"""Prove that a lost mount empties no feed: mount posts over a folder, follow them, unmount, mount again."""

import logging
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path
from threading import Event

from waiting import wait_until

from feedsvc.errors import NotReady
from feedsvc.ingest.watcher import keep_fresh_in_thread
from feedsvc.models import NEVER, Content, FeedRequest, Format, Scope
from feedsvc.settings import Settings
from feedsvc.startup import open_index

posts, index_path = Path(sys.argv[1]), Path(sys.argv[2])
disk = posts.with_name("disk")
disk.mkdir()
(disk / "2024-01-01-b.md").write_text('{"title": "B"}')
(posts / "2024-01-01-a.md").unlink()
settings = replace(Settings(posts=posts), index=index_path)
index = open_index(settings)


def titles() -> list[str]:
    try:
        return [post.title for post in index.select(FeedRequest(Scope(), Format.RSS, 9, Content.FULL), NEVER)]
    except NotReady:
        return []


def run(*command: object) -> None:
    subprocess.run(command, check=True)


stop, log = Event(), StringIO()
logging.basicConfig(stream=log)
run("mount", "--bind", disk, posts)
keep_fresh_in_thread(settings, index, stop)
wait_until(lambda: titles() == ["B"])
run("umount", "-l", posts)
wait_until(lambda: "suddenly empty" in log.getvalue())
print("unmounted", titles())
run("mount", "--bind", disk, posts)
(disk / "2024-01-02-c.md").write_text('{"title": "C"}')
wait_until(lambda: "C" in titles())
print("mounted again", titles())
stop.set()
