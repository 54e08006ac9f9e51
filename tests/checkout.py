"""Checkouts as git-sync makes them: a repository, worktrees beside it, and a link that is turned."""

import os
import subprocess
from pathlib import Path

SETTINGS = (
    "user.name=Author",
    "user.email=author@example.org",
    "init.defaultBranch=main",
    "protocol.file.allow=always",
)


class Repository:
    """A repository of git in an empty folder, with worktrees in `.worktrees`."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", *options)

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        """Run git in the repository, or in a folder, without anybody's settings."""
        alone = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        settings = [part for setting in SETTINGS for part in ("-c", setting)]
        command = ["git", *settings, *arguments]
        return subprocess.run(
            command, cwd=folder or self.folder, env=alone, check=True, capture_output=True, text=True
        ).stdout

    def check_out(self, name: str) -> Path:
        """Commit all that is in the repository's folder, and return a new worktree of it."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", name)
        worktree = self.folder / ".worktrees" / name
        self.git("worktree", "add", "--quiet", "--detach", "--no-checkout", str(worktree))
        (worktree / ".git").write_text(f"gitdir: ../../.git/worktrees/{name}\n")
        self.git("reset", "--quiet", "--hard", folder=worktree)
        return worktree


def turn(link: Path, target: Path) -> None:
    """Let a link lead elsewhere, in one step."""
    new = link.with_name("new-link")
    new.symlink_to(target)
    new.replace(link)
