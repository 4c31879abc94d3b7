"""Wall time, processor time and peak memory of a program; what a folder holds."""

import hashlib
import os
import signal
import statistics
import subprocess
import time
from pathlib import Path


class Failed(Exception):
    """A program that did not end well; the message says which and how."""


def run(command, *, cwd=None, timeout=600):
    """Runs a program to its end.

    Gives `{"seconds": wall, "processor": seconds of all cores, "megabytes": peak}`; the peak is the largest resident set of the
    program or of any program it waited for (Linux: wait4(2)). Its output is shown only when it
    fails.
    """
    start = time.monotonic()
    child = subprocess.Popen(
        [str(word) for word in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    os.set_blocking(child.stderr.fileno(), False)
    said = b""
    while True:
        said += child.stderr.read() or b""
        ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        if ended:
            break
        if time.monotonic() - start > timeout:
            os.killpg(child.pid, signal.SIGKILL)
            os.wait4(child.pid, 0)
            child.returncode = -signal.SIGKILL
            raise Failed(f"{name(command)}: more than {timeout} s")
        time.sleep(0.002)
    seconds = time.monotonic() - start
    said += child.stderr.read() or b""
    child.stderr.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        last = said.decode(errors="replace").strip().splitlines()[-5:]
        raise Failed(f"{name(command)}: status {child.returncode}: " + " | ".join(last))
    return {
        "seconds": seconds,
        "processor": usage.ru_utime + usage.ru_stime,
        "megabytes": usage.ru_maxrss / 1000,
    }


def name(command):
    return " ".join(Path(str(word)).name for word in command[:2])


def files(folder, pattern="*"):
    """The files below a folder, sorted."""
    return sorted(path for path in Path(folder).rglob(pattern) if path.is_file())


def size(paths):
    """Bytes of these files together."""
    return sum(path.stat().st_size for path in paths)


def snapshot(folder):
    """Path -> (hash, bytes, mtime) of every file below a folder."""
    found = {}
    for path in files(folder):
        stat = path.stat()
        digest = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
        found[str(path.relative_to(folder))] = (digest, stat.st_size, stat.st_mtime_ns)
    return found


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def machine(work):
    """Cores, processor, memory and the file system of `work`, in words."""
    model = "unknown processor"
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = "unknown file system"
    try:
        command = ["stat", "--file-system", "--format=%T", str(work)]
        system = subprocess.run(command, capture_output=True, text=True).stdout.strip() or system
    except OSError:
        pass
    return f"{cores} cores of {model}, {memory:.0f} GiB, {system}"
