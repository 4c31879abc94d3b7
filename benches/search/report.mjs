// The tables of benches/search/run, from what it left in its working folder.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { basename, join } from "node:path";
import { measure } from "./chromium.mjs";

/** Queries typed a key at a time, and the first that a reader types. */
const WORDS = ["劳动合同", "个体工商户", "正当防卫", "民法典第1079条", "试用期工资", "ldht", "离婚财产分割", "交通事故责任"];

/** Sources and titles of the pages, by their first heading. */
const pagesOf = (content) => {
  // A folder's own page is no page to be searched for.
  const isPage = (path) => path.endsWith(".md") && basename(path) !== "_index.md";
  const files = readdirSync(content, { recursive: true }).filter(isPage);
  return files.map((source) => {
    const text = readFileSync(join(content, source), "utf8");
    const heading = text.match(/^# +(.+)$/m);
    return { source, text, title: heading ? heading[1].trim() : basename(source, ".md"), address: `${source.slice(0, -3)}/` };
  });
};

/** How many pages' titles as query find a page of that title first, one in force. */
const titlesFirst = (inkstone, work, pages) => {
  const list = join(work, "titles.txt");
  writeFileSync(list, pages.map(({ title }) => `${title}\n`).join(""));
  const command = ["search", "--root", join(work, "laws"), "--batch", list, "--json", "--limit", "1"];
  const out = execFileSync(inkstone, command, { encoding: "utf8", maxBuffer: 1 << 28 });
  const answers = out.trim().split("\n").map((line) => JSON.parse(line).hits[0]);
  // Some texts are there twice, with other blanks and commas in their titles.
  const bare = (title) => title.replace(/[\s、，]/g, "");
  return answers.filter((hit, at) => hit && bare(hit.page_title) === bare(pages[at].title) && hit.in_force).length;
};

/** Strings of four to eight ideographs, evenly from the pages. */
const stringsOf = (pages, count) => {
  const step = Math.floor(pages.length / count);
  return pages.filter((_, at) => at % step === 0).slice(0, count).flatMap(({ text, source, address }, at) => {
    const runs = text.replace(/^---[^]*?\n---/, "").match(/[\u4e00-\u9fff]{9,}/g) || [];
    const run = runs[Math.floor(runs.length / 2)];
    return run ? [{ text: run.slice(1, 5 + (at % 5)), source, address }] : [];
  });
};

/** nDCG@10 by pages: a group of sections counts once, at the first page with one of them. */
const gainOf = (answers, rows) => {
  const gain = (rank) => 1 / Math.log2(rank + 1);
  const scores = rows.map(({ gold }, at) => {
    const groups = gold.map((group) => new Set(group.map(({ source }) => `${source.slice(0, -3)}/`)));
    const places = groups.map((group) => answers[at].findIndex((address) => group.has(address)));
    // Groups on one page are found there together; they share its rank.
    const wanted = new Set(groups.map((group) => [...group].sort().join()));
    const best = new Set(places.filter((place) => place >= 0));
    const ideal = Array.from({ length: Math.min(wanted.size, 10) }, (_, rank) => gain(rank + 1));
    const sum = (list) => list.reduce((total, one) => total + one, 0);
    return Math.min(sum([...best].map((place) => gain(place + 1))) / sum(ideal), 1);
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
};

const kilo = (bytes) => `${(bytes / 1000).toFixed(0)} KB`;
const millis = (time) => `${time.toFixed(time < 20 ? 1 : 0)} ms`;
const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const main = async ([work, questionsFile, inkstone]) => {
  const json = (name) => JSON.parse(readFileSync(join(work, name), "utf8"));
  const size = (path) => statSync(path).size;
  const [built, quality, wire] = ["built.json", "quality.json", "wire.json"].map(json);
  const rows = readFileSync(questionsFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const sample = rows.filter((_, at) => at % 12 === 0).slice(0, 100);
  const questions = sample.map(({ query }) => query.replace(/\n/g, " "));
  const pages = pagesOf(join(work, "laws/content"));
  const titles = titlesFirst(inkstone, work, pages);
  const strings = stringsOf(pages, 100);
  const chromium = await measure(work, questions, WORDS, strings);
  const { inkstone: ours, pagefind: theirs, found } = chromium;
  const version = (folder) => json(`npm/node_modules/${folder}/package.json`).version;
  const engine = ["", ".gz", ".br"].map((end) => {
    const path = end ? (file) => join(work, file + end) : (file) => join("search", file);
    return kilo(size(path("engine.wasm")) + size(path("engine.js")));
  });

  const lines = [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.version}, Chromium ${chromium.version}, Pagefind ${version("pagefind")} (extended). Load of the machine meanwhile: ${loadavg()[1].toFixed(1)}.`,
    `${built.pages} pages with ${built.sections} sections; medians of ${questions.length} questions where nothing else is said.`,
    "",
    table(["", "asked", "measured"], [
      [`nDCG@10 on ${quality.n} questions`, "≥ .404", quality["ndcg@10"]],
      ["MRR@10", "", quality["mrr@10"]],
      ["R@100", "", quality["r@100"]],
      ["a page's title as query finds it first", "≥ 99 %", `${((titles / pages.length) * 100).toFixed(1)} % of ${pages.length}`],
      ["postings a question, mean; what its pairs alone have", "no more", `${wire.postings.scored}; ${wire.postings.pairs}`],
      ["cold, native: bytes, requests, round trips", "≤ 150 KB, ≤ 3", `${kilo(wire.cold.bytes)}, ${wire.cold.requests + 1}, ${wire.cold.rounds} and hot.bin`],
      ["warm, native: bytes, requests, round trips", "≤ 30 KB", `${kilo(wire.warm.bytes)}, ${wire.warm.requests}, ${wire.warm.rounds}`],
      ["a search on loaded data, native", "", millis(wire.microseconds / 1000)],
      [`a keystroke on loaded data, Chromium (${chromium.keystrokes.keys} keys; the longest)`, "≤ 15 ms", `${millis(chromium.keystrokes.median)}; ${millis(chromium.keystrokes.most)}`],
      ["first result after the first keystroke, http", "≤ 300 ms", millis(chromium.firstKey.http)],
      ["the same from file://", "same class", millis(chromium.firstKey.file)],
      ["engine.wasm and engine.js: raw, gzip, brotli", "≤ 400 KB brotli", engine.join(", ")],
    ]),
    "",
    table(["Chromium, loopback", "Inkstone", "Pagefind"], [
      ["cold: bytes without the engine", kilo(ours.cold.bytes), kilo(theirs.cold.bytes)],
      ["cold: requests without the engine", ours.cold.requests, theirs.cold.requests],
      ["engine as it is sent here", kilo(ours.cold.engine), kilo(theirs.cold.engine)],
      ["cold: time to the first result", millis(ours.cold.first), millis(theirs.cold.first)],
      ["warm: bytes", kilo(ours.warm.bytes), kilo(theirs.warm.bytes)],
      ["warm: requests", ours.warm.requests, theirs.warm.requests],
      ["warm: time to ten results", millis(ours.warm.time), millis(theirs.warm.time)],
      [`pages found by a string that stands in them (${strings.length} strings)`, found.inkstone, found.pagefind],
      [`nDCG@10 of pages on ${sample.length} questions`, gainOf(chromium.pages.inkstone, sample).toFixed(3), gainOf(chromium.pages.pagefind, sample).toFixed(3)],
    ]),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
};

await main(process.argv.slice(2));
