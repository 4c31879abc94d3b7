// Search in a real Chromium over loopback: Inkstone's and Pagefind's on the same site, served
// without compression. Each cold visit has a browser profile of its own.
import { createServer } from "node:http";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const BROWSER = process.env.INKSTONE_CHROMIUM || "/usr/bin/chromium";
/** What is the engine rather than the index: it is fetched once, whatever is asked. */
const ENGINE = /engine\.|pagefind\.js$|pagefind-worker|wasm\..*\.pagefind$/;
const TYPES = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

const median = (figures) => {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

/** Serves the site, and Pagefind's index beside it; tells what it sent. */
const serve = async (work) => {
  const log = [];
  const server = createServer((request, response) => {
    const path = decodeURI(request.url.split("?")[0]).replace(/\/$/, "/index.html");
    const root = path.startsWith("/pagefind/") ? work : join(work, "laws/public");
    try {
      const body = readFileSync(join(root, path));
      log.push([path, body.length]);
      response.writeHead(200, { "content-type": TYPES[path.split(".").pop()] || "application/octet-stream" });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const traffic = (wanted) => {
    const sent = log.filter(([path]) => /^\/(search|pagefind)\//.test(path) && ENGINE.test(path) === wanted);
    return { requests: sent.length, bytes: sent.reduce((sum, [, bytes]) => sum + bytes, 0) };
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, log, traffic, close: () => server.close() };
};

/** How each engine is asked in the page: ten results with all that is shown of them. */
const ASK = {
  inkstone: (text) => window.inkstone.search(text, { limit: 10 }),
  pagefind: async (text) => {
    window.pagefind ||= await import("/pagefind/pagefind.js");
    const { results } = await window.pagefind.search(text);
    return Promise.all(results.slice(0, 10).map((result) => result.data()));
  },
};
/** The time to the first result, in milliseconds. */
const FIRST = {
  inkstone: ASK.inkstone,
  pagefind: async (text) => {
    window.pagefind ||= await import("/pagefind/pagefind.js");
    const { results } = await window.pagefind.search(text);
    return results.length > 0 && results[0].data();
  },
};

/** A page of a new profile, which has cached nothing. */
const visit = async (browser, address, work) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  return { page, close: () => context.close(), work };
};

const timed = (page, ask, text) =>
  page.evaluate(`(async () => {
    const start = performance.now();
    await (${ask})(${JSON.stringify(text)});
    return performance.now() - start;
  })()`);

/** Bytes and requests of a first search and of one after others, and times. */
const traffic = async (browser, work, engine, questions) => {
  const cold = [];
  for (const text of questions) {
    const server = await serve(work);
    const { page, close } = await visit(browser, `${server.origin}/404.html`);
    await page.evaluate(`(${ASK[engine]})(${JSON.stringify(text)})`);
    const all = { ...server.traffic(false), engine: server.traffic(true).bytes };
    await close();
    server.log.length = 0;
    const again = await visit(browser, `${server.origin}/404.html`);
    cold.push({ ...all, first: await timed(again.page, FIRST[engine], text) });
    await again.close();
    server.close();
  }
  const server = await serve(work);
  const { page, close } = await visit(browser, `${server.origin}/404.html`);
  const warm = [];
  for (const text of questions) {
    server.log.length = 0;
    const time = await timed(page, ASK[engine], text);
    warm.push({ ...server.traffic(false), time });
  }
  await close();
  server.close();
  const of = (list, key) => median(list.map((one) => one[key]));
  return {
    cold: { bytes: of(cold, "bytes"), requests: of(cold, "requests"), first: of(cold, "first"), engine: of(cold, "engine") },
    warm: { bytes: of(warm, "bytes"), requests: of(warm, "requests"), time: of(warm, "time") },
  };
};

/** Of the same queries a key at a time, once all they need is loaded: what one key costs. */
const keystrokes = async (browser, work, words) => {
  const server = await serve(work);
  const { page, close } = await visit(browser, `${server.origin}/404.html`);
  const times = await page.evaluate(async (texts) => {
    const ask = (text) => window.inkstone.search(text, { limit: 5, group: 2 });
    const times = [];
    for (const text of texts) await ask(text);
    for (const text of texts) {
      const start = performance.now();
      await ask(text);
      times.push(performance.now() - start);
    }
    return times;
  }, words.flatMap((word) => Array.from(word, (_, at) => word.slice(0, at + 1))));
  await close();
  server.close();
  return { median: median(times), most: Math.max(...times), keys: times.length };
};

/** From the first keystroke in the box of the home page to a result below it. */
const firstKey = async (browser, home, texts) => {
  const times = [];
  for (const text of texts) {
    const { page, close } = await visit(browser, home);
    await page.evaluate(() => {
      addEventListener("input", () => (window.typed ??= performance.now()), true);
      new MutationObserver(() => {
        if (document.querySelector("[role=option].hit")) window.shown ??= performance.now();
      }).observe(document.querySelector("[role=listbox]"), { childList: true, subtree: true });
    });
    await page.click("input[name=q]");
    await page.keyboard.insertText(text);
    await page.waitForFunction("window.shown !== undefined");
    times.push(await page.evaluate("window.shown - window.typed"));
    await close();
  }
  return median(times);
};

/** The pages each finds, best first, and whether strings that stand in a page find it. */
const quality = async (browser, work, questions, strings) => {
  const server = await serve(work);
  const { page, close } = await visit(browser, `${server.origin}/404.html`);
  const names = Object.fromEntries(
    readdirSync(join(work, "pagefind/fragment")).map((file) => {
      // A fragment is gzipped JSON behind a mark of twelve bytes.
      const text = gunzipSync(readFileSync(join(work, "pagefind/fragment", file))).subarray(12);
      return [file.split(".")[0], decodeURI(JSON.parse(text).url).replace(/^\//, "")];
    }),
  );
  const theirs = async (text) => {
    const ids = await page.evaluate(async (text) => {
      window.pagefind ||= await import("/pagefind/pagefind.js");
      return (await window.pagefind.search(text)).results.map((result) => result.id);
    }, text);
    return ids.map((id) => names[id]);
  };
  const ours = async (text, options) =>
    page.evaluate(([text, options]) => window.inkstone.search(text, options).then((found) =>
      found.hits.map((hit) => decodeURI(hit.url.split("#")[0]))), [text, options]);
  const pages = { inkstone: [], pagefind: [] };
  for (const text of questions) {
    pages.inkstone.push(await ours(text, { limit: 10, group: 1 }));
    pages.pagefind.push((await theirs(text)).slice(0, 10));
  }
  const found = { inkstone: 0, pagefind: 0 };
  for (const { text, source, address } of strings) {
    found.inkstone += (await ours(text, { limit: 1, page: source })).includes(address);
    found.pagefind += (await theirs(text)).includes(address);
  }
  await close();
  server.close();
  return { pages, found };
};

/** All that is measured in Chromium. */
export const measure = async (work, questions, words, strings) => {
  const { chromium } = createRequire(join(work, "npm/package.json"))("playwright-core");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const browser = await chromium.launch({ executablePath: BROWSER, args });
  const server = await serve(work);
  const home = pathToFileURL(join(work, "laws/public/index.html")).href;
  const result = {
    version: browser.version(),
    inkstone: await traffic(browser, work, "inkstone", questions),
    pagefind: await traffic(browser, work, "pagefind", questions),
    keystrokes: await keystrokes(browser, work, words),
    firstKey: { http: await firstKey(browser, `${server.origin}/`, words), file: await firstKey(browser, home, words) },
    ...(await quality(browser, work, questions, strings)),
  };
  server.close();
  await browser.close();
  return result;
};
