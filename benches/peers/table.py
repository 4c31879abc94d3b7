"""The table of RESULTS.md, from what was measured."""

import datetime
import subprocess
from pathlib import Path
from statistics import StatisticsError

from measure import median

NAMES = {"law": "whole laws", "chapter": "chapters", "article": "articles"}
NONE = "–"


def draw(results, versions, machine):
    """Markdown: heading, versions, one row a measure, one column a corpus, and what differs."""
    lines = [
        "# Side by side with Hugo and Pagefind",
        "",
        "Made by `benches/peers/run`; what it does and how to run it stands at its top.",
        "",
        f"{datetime.date.today()} · Inkstone {versions['inkstone']}{commit()} · Hugo "
        f"{versions['hugo']} · Pagefind {versions['pagefind']} · {machine}",
        "",
        "| | " + " | ".join(NAMES[unit] for unit in results) + " |",
        "|---" * (len(results) + 1) + "|",
    ]
    for name, cell in ROWS:
        cells = [attempt(cell, result) for result in results.values()]
        if any(text != NONE for text in cells):
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    linear = growth(results)
    return "\n".join([*lines, "", *([linear, ""] if linear else []), NOTES])


def commit():
    here = Path(__file__).resolve().parent
    done = subprocess.run(
        ["git", "-C", str(here), "describe", "--always", "--dirty"], capture_output=True, text=True
    )
    return f" ({done.stdout.strip()})" if done.returncode == 0 else ""


def attempt(cell, result):
    """A cell, or what stands there when it was not measured or failed."""
    try:
        return cell(result)
    except (KeyError, IndexError, TypeError, ZeroDivisionError, StatisticsError):
        return NONE


def cost(runs):
    """`1.23 s / 456 MB`: the median wall time, the largest peak."""
    failed = [run["failed"] for run in runs if "failed" in run]
    if failed:
        return failed[0].replace("|", "/")
    return f"{seconds(median(runs, 'seconds'))} / {max(r['megabytes'] for r in runs):,.0f} MB"


def seconds(value):
    return f"{value * 1000:.0f} ms" if value < 0.995 else f"{value:.2f} s"


def bytes_of(value):
    return f"{value / 1e6:.1f} MB" if value >= 1e5 else f"{value / 1e3:.1f} KB"


def ratio(ours, theirs):
    time = median(ours, "seconds") / median(theirs, "seconds")
    memory = max(r["megabytes"] for r in ours) / max(r["megabytes"] for r in theirs)
    return f"{time:.2f} / {memory:.2f}"


def against_cold(result, key):
    runs = result["warm"][key]
    share = median(runs, "seconds") / median(result["cold"], "seconds")
    return f"{cost(runs)} ({share:.1%} of cold)"


def saved(result, which, what):
    edit = result[which]["edits"][what]
    text = seconds(edit["page"]) if edit["page"] is not None else "not seen"
    return text if edit["search"] is None else f"{text} / {seconds(edit['search'])}"


def started(result, which):
    found = result[which]
    peak = f" / {found['megabytes']:,.0f} MB" if found.get("megabytes") else ""
    return seconds(found["start"]) + peak


def growth(results):
    """What a byte of text costs at 61,201 pages against 6,741."""
    try:
        cost_of = lambda r: median(r["cold"], "seconds") / r["bytes"]  # noqa: E731
        factor = cost_of(results["article"]) / cost_of(results["chapter"])
        theirs = lambda r: median(r["hugo"], "seconds") / r["bytes"]  # noqa: E731
        hugo = theirs(results["article"]) / theirs(results["chapter"])
    except (KeyError, StatisticsError):
        return None
    pages = results["article"]["pages"] / results["chapter"]["pages"]
    return (
        f"A byte of text as articles costs {factor:.2f} times what it costs as chapters, with "
        f"{pages:.1f} times as many pages (Hugo: {hugo:.2f} times)."
    )


ROWS = [
    ("pages", lambda r: f"{r['pages']:,}"),
    ("source text", lambda r: bytes_of(r["bytes"])),
    ("**Inkstone, cold, index included**", lambda r: f"**{cost(r['cold'])}**"),
    ("Hugo alone, no search", lambda r: cost(r["hugo"])),
    ("Hugo + Pagefind", lambda r: cost(r["both"])),
    ("Inkstone ÷ Hugo alone, time / memory", lambda r: ratio(r["cold"], r["hugo"])),
    ("Inkstone ÷ (Hugo + Pagefind), time / memory", lambda r: ratio(r["cold"], r["both"])),
    (
        "processor time: Inkstone / Hugo alone / Hugo + Pagefind",
        lambda r: " / ".join(
            seconds(median(r[of], "processor")) if r[of] else NONE
            for of in ("cold", "hugo", "both")
        ),
    ),
    (
        "Inkstone, cold, a page / a MB of text",
        lambda r: f"{median(r['cold'], 'seconds') / r['pages'] * 1e6:.0f} µs / "
        f"{median(r['cold'], 'seconds') / r['bytes'] * 1e9:.0f} ms",
    ),
    (
        "written by Inkstone",
        lambda r: f"{r['cold'][0]['files']:,} files, {bytes_of(r['cold'][0]['written'])}",
    ),
    (
        "written by Hugo alone",
        lambda r: f"{r['hugo'][0]['files']:,} files, {bytes_of(r['hugo'][0]['written'])}",
    ),
    ("index ÷ source text, Inkstone", lambda r: f"{r['cold'][0]['index'] / r['bytes']:.2f}"),
    ("index ÷ source text, Pagefind", lambda r: f"{r['both'][0]['index'] / r['bytes']:.2f}"),
    ("Inkstone, built again, nothing changed", lambda r: against_cold(r, "nothing")),
    ("Inkstone, built again, one page edited", lambda r: against_cold(r, "edited")),
    (
        "… files of the site with other bytes / written anew",
        lambda r: f"{r['warm']['changed']:,} / {r['warm']['rewritten']:,} "
        f"of {r['warm']['files']:,}",
    ),
    (
        "… index with other bytes",
        lambda r: f"{bytes_of(r['warm']['pack changed'])} of {bytes_of(r['warm']['pack'])} "
        f"({r['warm']['pack changed'] / r['warm']['pack']:.1%})",
    ),
    ("`inkstone serve`, start / peak", lambda r: started(r, "preview")),
    ("… body saved → page served / search fresh", lambda r: saved(r, "preview", "body")),
    ("… title", lambda r: saved(r, "preview", "title")),
    ("… education theme", lambda r: saved(r, "preview", "theme")),
    ("… template → page served", lambda r: saved(r, "preview", "template")),
    ("`hugo server`, start / peak", lambda r: started(r, "hugo preview")),
    ("… body saved → page served", lambda r: saved(r, "hugo preview", "body")),
    ("… title", lambda r: saved(r, "hugo preview", "title")),
    ("… template", lambda r: saved(r, "hugo preview", "template")),
    ("limit: reading the sources (`cat`)", lambda r: seconds(r["warm"]["read"]["seconds"])),
    ("limit: writing the site (`cp -r`)", lambda r: seconds(r["warm"]["write"]["seconds"])),
]

NOTES = """\
Times are medians of wall time (processor time: of all cores together), memory the largest resident
set of any process; every cold build starts without output and without cache, with its sources in
the system's page cache.

What is compared: both draw every page with site navigation, breadcrumbs, an outline, previous and
next, lists of 24, and a sitemap. Hugo's navigation is computed once (`partialCached`); its pages
are plain, with no style sheet. Inkstone writes more of a page (its theme's frame, search box,
strings and anchors), a feed, an address for every article, and the search index; Hugo writes a
page for every tag and an alias for every first page of a list. Only Inkstone checks links. The
index counts what a browser reads over HTTP (Pagefind: fragments, index and metadata; Inkstone:
the pack); programs and pages are left out. Inkstone's pack finds every string and article;
Pagefind's finds words."""
