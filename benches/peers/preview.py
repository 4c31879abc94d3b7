"""How long a save takes to reach the reader of a live preview."""

import http.client
import re
import signal
import socket
import statistics
import subprocess
import threading
import time
import urllib.parse
from pathlib import Path

# Longer than this is given up and said so.
PATIENCE = 180
# A repetition is left out once the ones before it took this long together.
ENOUGH = 20


class Served:
    """A running preview server; leaving the `with` ends it."""

    def __init__(self, command, address=None):
        """`address` when it is known beforehand, else the first URL that the program says."""
        self.child = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if address is None else subprocess.DEVNULL,
        )
        self.connection = None
        if address is None:
            address = self._said()
        self.host = urllib.parse.urlsplit(address).netloc

    def _said(self):
        for line in self.child.stderr:
            found = re.search(rb"http://\S+", line)
            if found:
                # Whoever stops reading would block the server sooner or later.
                threading.Thread(target=lambda: list(self.child.stderr), daemon=True).start()
                return found.group(0).decode()
        raise RuntimeError("the preview ended without an address")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGINT)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def get(self, path):
        """The bytes at a path, `None` while there are none."""
        for _ in range(2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
                self.connection.request("GET", urllib.parse.quote(path))
                answer = self.connection.getresponse()
                body = answer.read()
                return body if answer.status == 200 else None
            except (OSError, http.client.HTTPException):
                self.connection = None
        return None

    def wait(self, path, other_than, start):
        """Seconds from `start` until the path has other bytes; `None` if that never comes."""
        cheapest = PATIENCE
        while time.monotonic() - start < PATIENCE:
            asked = time.monotonic()
            body = self.get(path)
            cheapest = min(cheapest, time.monotonic() - asked)
            if body is not None and body != other_than:
                return time.monotonic() - start
            if self.child.poll() is not None:
                return None
            # Asking must not cost the server more than a little of the time; an answer that comes
            # late because the server is at work tells nothing of that.
            time.sleep(max(0.002, 2 * cheapest))
        return None

    def peak(self):
        """Largest resident set so far, in megabytes (Linux)."""
        try:
            status = Path(f"/proc/{self.child.pid}/status").read_text()
            return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) * 1.024 / 1000
        except (OSError, AttributeError):
            return None


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def measure(command, page, edits, *, hot=None, address=None, repeat=3):
    """Starts a server and saves each edit a few times.

    `page` and `hot` are paths on the server; `edits` maps a name to `(path, change, searched)`:
    a file, a function of its text and a counter that gives the new text, and whether search has
    to change with it. Gives the start's seconds, the peak in megabytes, and for each edit the
    medians of the seconds until the page and the index had other bytes.
    """
    result = {"edits": {}}
    start = time.monotonic()
    with Served(command, address) as served:
        result["start"] = served.wait(page, None, start)
        if result["start"] is None:
            return result
        count = 0
        for what, (path, change, searched) in edits.items():
            before = path.read_text(encoding="utf-8")
            pages, searches = [], []
            try:
                while len(pages) < repeat and sum(pages) < ENOUGH:
                    count += 1
                    time.sleep(0.3)  # the build before is over, and what it dropped is freed
                    old_page = served.get(page)
                    old_hot = served.get(hot) if hot else None
                    start = time.monotonic()
                    path.write_text(change(before, count), encoding="utf-8")
                    taken = served.wait(page, old_page, start)
                    if taken is None:
                        pages = []
                        break
                    pages.append(taken)
                    if hot and searched:
                        searches.append(served.wait(hot, old_hot, start))
                        if searches[-1] is None:
                            break
            finally:
                # What restores the text is a save of its own, which must be over before the next.
                old_page = served.get(page)
                old_hot = served.get(hot) if hot else None
                start = time.monotonic()
                path.write_text(before, encoding="utf-8")
                if pages:
                    served.wait(page, old_page, start)
                if searches and None not in searches:
                    served.wait(hot, old_hot, start)
            result["edits"][what] = {
                "page": statistics.median(pages) if pages else None,
                "search": None if None in searches or not searches else statistics.median(searches),
            }
        result["megabytes"] = served.peak()
    return result
