// The service worker: pages come from the network while there is one, and as they were last read
// when there is none. The build puts `inkstoneKept` before this: the site's version and its files.
// @ts-check
"use strict";
(() => {
  const worker = /** @type {any} */ (self);
  /** @type {{version: string, offline: string[], files: string[]}} */
  const { version, offline, files } = worker.inkstoneKept;
  /** @type {string} */
  const scope = worker.registration.scope;
  /** Each language of the site: its folder, and its page that stands for those not kept. */
  const languages = offline.map((page) => {
    const instead = new URL(page, scope).href;
    return { top: new URL("..", instead).href, instead };
  });
  // Sites may share an origin; each keeps its own.
  const site = `inkstone ${new URL(scope).pathname} `;
  const PAGES = `${site}pages`;
  const PICTURES = `${site}pictures`;
  const FILES = `${site}${version}`;
  /** Pages and pictures kept; the oldest go first. */
  const MOST = 300;
  /** Milliseconds after which a network that says nothing counts as none. */
  const PATIENCE = 4000;

  /** One page has one name, whether its address names the file, holds a query, or neither. */
  const nameOf = (/** @type {string} */ url) =>
    url.replace(/[?#].*$/, "").replace(/\/index\.html$/, "/");

  /** Where a file is kept once it was read; empty: nowhere, or it is there already. */
  const shelfOf = (/** @type {Request} */ request) => {
    if (languages.some(({ instead }) => nameOf(request.url) === instead)) return "";
    if (request.mode === "navigate") return PAGES;
    if (request.destination === "image") return PICTURES;
    const folders = [`${scope}assets/`, ...languages.map(({ top }) => `${top}search/`)];
    return folders.some((folder) => request.url.startsWith(folder)) ? FILES : "";
  };

  /** Put last, so that the order is that of reading. */
  const keep = async (
    /** @type {string} */ shelf,
    /** @type {string} */ name,
    /** @type {Response} */ response,
  ) => {
    const cache = await caches.open(shelf);
    if (shelf === FILES && (await cache.match(name))) return;
    await cache.delete(name);
    await cache.put(name, response);
    if (shelf === FILES) return;
    const names = await cache.keys();
    await Promise.all(names.slice(0, -MOST).map((old) => cache.delete(old)));
  };

  /** @returns {Promise<Response>} */
  const online = (/** @type {Request} */ request) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the network says nothing")), PATIENCE);
      fetch(request).then(resolve, reject).then(() => clearTimeout(timer));
    });

  const kept = async (/** @type {string} */ name) => {
    for (const shelf of [FILES, PAGES, PICTURES]) {
      const found = await (await caches.open(shelf)).match(name);
      if (found) return found;
    }
    return null;
  };

  worker.addEventListener("install", (/** @type {any} */ event) => {
    const all = files.map((file) => new Request(new URL(file, scope).href, { cache: "no-cache" }));
    // A slow network may lose one; it is kept when it is next read.
    const fetched = caches.open(FILES).then((cache) =>
      Promise.all(
        all.map((file) =>
          cache
            .add(file)
            .catch(() => cache.add(file))
            .catch(() => undefined),
        ),
      ),
    );
    event.waitUntil(fetched);
  });

  worker.addEventListener("activate", (/** @type {any} */ event) => {
    const old = (/** @type {string} */ name) =>
      name.startsWith(site) && ![PAGES, PICTURES, FILES].includes(name);
    event.waitUntil(
      caches
        .keys()
        .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
        .then(() => worker.clients.claim()),
    );
  });

  worker.addEventListener("message", (/** @type {MessageEvent} */ event) => {
    if (event.data === "take over") worker.skipWaiting();
  });

  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    /** @type {Request} */
    const request = event.request;
    if (request.method !== "GET" || !request.url.startsWith(scope)) return;
    if (request.headers.has("range")) return;
    const page = request.mode === "navigate";
    const answer = async () => {
      try {
        const response = await online(request);
        const shelf = shelfOf(request);
        if (shelf && response.ok && !response.redirected) {
          event.waitUntil(keep(shelf, nameOf(request.url), response.clone()));
        }
        return response;
      } catch (error) {
        const found = await kept(nameOf(request.url));
        if (found) return found;
        const language = languages.find(({ top }) => request.url.startsWith(top));
        const instead = language ? language.instead : "";
        if (page && (await kept(instead))) return Response.redirect(instead);
        throw error;
      }
    };
    event.respondWith(answer());
  });
})();
