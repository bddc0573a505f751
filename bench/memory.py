"""Processes: who belongs to the server, how much memory each holds, how much CPU each has used."""

import os
import re
from pathlib import Path

from bench.results import ProcessMemory

PROC = Path("/proc")
SUPERVISOR = "fordran serve (supervisor and worker)"
API = "fordran API process"
HELPER = "python helper"
_TICKS = os.sysconf("SC_CLK_TCK")
_MEMORY_LINE = re.compile(r"^(VmRSS|VmHWM|Pss):\s+([0-9]+) kB", re.MULTILINE)


def children(pid: int) -> list[int]:
    """Return the living children of a process."""
    found = []
    for folder in PROC.glob("[0-9]*"):
        fields = _stat(int(folder.name))
        if fields and int(fields[1]) == pid:
            found.append(int(folder.name))
    return sorted(found)


def descendants(pid: int) -> list[int]:
    """Return a process and everything below it."""
    return [pid, *(below for child in children(pid) for below in descendants(child))]


def api_processes(server_pid: int) -> list[int]:
    """Return the processes of the server that answer the API."""
    return [pid for pid in descendants(server_pid)[1:] if _role(pid, server_pid) == API]


def cpu_seconds(pid: int, *, with_ended_children: bool = False) -> float:
    """Return the CPU time a process has used; with its children that have ended."""
    fields = _stat(pid)
    last = 15 if with_ended_children else 13
    return sum(int(field) for field in fields[11:last]) / _TICKS


def machine_cpu_seconds() -> float:
    """Return the CPU time that the whole machine has used, or that was stolen from it."""
    fields = [int(field) for field in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle, waiting = fields[3], fields[4]
    return (sum(fields) - idle - waiting) / _TICKS


def tree_cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and its children, the ended ones too."""
    return cpu_seconds(pid, with_ended_children=True) + sum(map(cpu_seconds, children(pid)))


def memory_of(server_pid: int, postmaster_pid: int) -> list[ProcessMemory]:
    """Return the memory of each process of the server and of its database."""
    pids = descendants(server_pid) + descendants(postmaster_pid)
    found = [_memory(pid, server_pid) for pid in dict.fromkeys(pids)]
    return [memory for memory in found if memory is not None]


def _memory(pid: int, server_pid: int) -> ProcessMemory | None:
    try:
        text = (PROC / str(pid) / "status").read_text()
        text += (PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return None  # It ended meanwhile.
    sizes = {name: int(size) * 1024 for name, size in _MEMORY_LINE.findall(text)}
    role = _role(pid, server_pid)
    return ProcessMemory(
        pid, role, sizes.get("VmRSS", 0), sizes.get("VmHWM", 0), sizes.get("Pss", 0)
    )


def _role(pid: int, server_pid: int) -> str:
    if pid == server_pid:
        return SUPERVISOR
    try:
        command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return "ended"
    if "postgres" in command:
        return _postgres_role(command)
    return HELPER if "resource_tracker" in command or "forkserver" in command else API


def _postgres_role(command: str) -> str:
    title = command.removeprefix("postgres: fordran: ")
    if title == command:
        return "postgres (postmaster)"
    words = title.split()
    return f"postgres backend ({words[1]})" if "[local]" in words else f"postgres {title.strip()}"


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; empty if the process ended."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
