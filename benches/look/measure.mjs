// Serves a built site as a plain server does (compressed, cached) and measures it in Chromium.
//
//   node benches/look/measure.mjs FOLDER     FOLDER has node_modules/ and site/
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const folder = resolve(process.argv[2]);
const load = async (name) =>
  import(pathToFileURL(createRequire(`${folder}/package.json`).resolve(name)).href);
const { default: lighthouse } = await load("lighthouse");
const { default: puppeteer } = await load("puppeteer-core");

const PAGES = ["", "lessons/一张告知单里的为民情怀/", "lessons/巡回法庭的一堂露天课/",
  "policies/一次性告知办法/", "search/", "search/?q=告知", "en/", "en/policies/one-time-notice/"];
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript",
  ".svg": "image/svg+xml", ".wasm": "application/wasm", ".xml": "application/xml",
  ".jpg": "image/jpeg", ".webm": "video/webm", ".vtt": "text/vtt" };

const server = createServer(async (request, answer) => {
  const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
  const file = join(folder, "site", path.endsWith("/") ? `${path}index.html` : path);
  try {
    const body = await readFile(file);
    const kind = TYPES[extname(file)] || "application/octet-stream";
    const headers = { "content-type": kind, "cache-control": "max-age=3600" };
    // Videos and photographs are compressed already.
    const packed = !/^(video|image\/jpeg)/.test(kind);
    answer.writeHead(200, packed ? { ...headers, "content-encoding": "gzip" } : headers);
    answer.end(packed ? gzipSync(body) : body);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${server.address().port}/`;

const browser = await puppeteer.launch({
  executablePath: process.env.INKSTONE_CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** The longest answer to an event of one deed, in milliseconds, in each of a few tries, sorted. */
const interaction = async (address, deed) => {
  const longest = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const page = await browser.newPage();
    await page.setViewport({ width: 390, height: 844 });
    await page.goto(base + encodeURI(address), { waitUntil: "networkidle0" });
    await page.emulateCPUThrottling(4);
    await page.evaluate(() => {
      window.events = [];
      new PerformanceObserver((list) => window.events.push(...list.getEntries().map((entry) =>
        ({ name: entry.name, duration: entry.duration, work: entry.processingEnd - entry.startTime }))))
        .observe({ type: "event", durationThreshold: 16, buffered: true });
    });
    await deed(page);
    await new Promise((done) => setTimeout(done, 800));
    const events = await page.evaluate(() => window.events);
    longest.push(Math.max(0, ...events.map(({ duration }) => duration)));
    await page.close();
  }
  return longest.sort((a, b) => a - b);
};

// Half a second from the box to the first key, as hands take.
const type = async (page) => {
  await page.focus("input[name=q]");
  await new Promise((done) => setTimeout(done, 500));
  await page.keyboard.type("notice", { delay: 60 });
};
const deeds = [
  ["reader's panel opens", PAGES[1], (page) => page.click("[data-reader]")],
  ["another colour", PAGES[1], async (page) => {
    await page.click("[data-reader]");
    await page.waitForSelector("input[name=reader-look][value=sepia]");
    await page.evaluate(() => { window.events = []; });
    await page.click("input[name=reader-look][value=sepia]");
  }],
  ["outline opens", PAGES[1], (page) => page.click(".outline-fold summary")],
  ["typing in the box", PAGES[1], type],
  ["typing on the search page", "search/", type],
];
for (const [name, address, deed] of deeds) {
  console.log(`${name}: ${(await interaction(address, deed)).join(", ")} ms`);
}

for (const address of process.argv.includes("--no-lighthouse") ? [] : PAGES) {
  const options = { port: Number(new URL(browser.wsEndpoint()).port), output: "json", logLevel: "error" };
  const { lhr } = await lighthouse(base + encodeURI(address), options);
  const scores = Object.values(lhr.categories).map(({ id, score }) => `${id} ${Math.round(score * 100)}`);
  const times = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"];
  const said = times.map((id) => `${id} ${lhr.audits[id].displayValue}`);
  console.log(`/${address}: ${scores.join(", ")}; ${said.join(", ")}`);
  const failed = Object.values(lhr.audits).filter(({ score, scoreDisplayMode }) => score !== null && score < 0.9 && scoreDisplayMode !== "informative");
  const errors = lhr.audits["errors-in-console"].details?.items || [];
  errors.forEach(({ description, sourceLocation }) => console.log(`    ${description} ${sourceLocation?.url || ""}`));
  console.log(failed.map(({ id, score, displayValue }) => `    ${id} ${score} ${displayValue || ""}`).join("\n"));
}
await browser.close();
server.close();
