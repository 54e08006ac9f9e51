"""Prove that a lost mount empties no feed: mount posts over a folder, follow them, unmount, mount again."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Event

from feedsvc.errors import NotReady
from feedsvc.models import NEVER, Content, FeedRequest, Format, Scope
from feedsvc.settings import Settings
from feedsvc.startup import open_index
from feedsvc.watch import keep_fresh_in_thread

posts, index_path = Path(sys.argv[1]), Path(sys.argv[2])
disk = posts.with_name("disk")
disk.mkdir()
(disk / "2024-01-01-b.md").write_text('{"title": "B"}')
(posts / "2024-01-01-a.md").unlink()
settings = replace(Settings(posts=posts), index=index_path)
index = open_index(settings)


def show(when: str, seconds: float) -> None:
    time.sleep(seconds)
    try:
        found = [post.title for post in index.select(FeedRequest(Scope(), Format.RSS, 9, Content.FULL), NEVER)]
    except NotReady:
        found = []
    print(when, found, flush=True)


def run(*command: object) -> None:
    subprocess.run(command, check=True)


stop = Event()
run("mount", "--bind", disk, posts)
keep_fresh_in_thread(settings, index, stop)
show("mounted", 1)
run("umount", "-l", posts)
show("unmounted", 3)
run("mount", "--bind", disk, posts)
show("mounted again", 2)
stop.set()
