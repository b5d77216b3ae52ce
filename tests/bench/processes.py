"""What the kernel tells about a server's processes. Linux only."""

from __future__ import annotations

from pathlib import Path

_PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children = (_PROC / f"{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory of the process and its descendants: with what they share counted for each, and counted once."""
    resident = shared_once = 0
    for member in family(pid):
        for line in (_PROC / f"{member}/smaps_rollup").read_text().splitlines():
            name, _, amount = line.partition(":")
            resident += int(amount.split()[0]) if name == "Rss" else 0
            shared_once += int(amount.split()[0]) if name == "Pss" else 0
    return resident / 1024, shared_once / 1024


def workers(pid: int) -> list[int]:
    """Those of a server's processes that answer requests: its children, or itself where it has none."""
    return family(pid)[1:] or [pid]


def connections_by_process(pids: list[int], port: int) -> dict[int, int]:
    """Which of the processes serves each connection to the port, by the connection's port at the client."""
    held = {pid: _open_sockets(pid) for pid in pids}
    return {remote: pid for local, remote, _, inode in _sockets() if local == port
            for pid, inodes in held.items() if inode in inodes}


def _sockets() -> list[tuple[int, int, str, str]]:
    """All TCP sockets over IPv4: local port, remote port, state, inode."""
    rows = [line.split() for line in (_PROC / "net/tcp").read_text().splitlines()[1:]]
    return [(int(row[1].split(":")[1], 16), int(row[2].split(":")[1], 16), row[3], row[9]) for row in rows]


def _open_sockets(pid: int) -> set[str]:
    found = set()
    for entry in (_PROC / f"{pid}/fd").iterdir():
        try:
            target = entry.readlink().name
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found
