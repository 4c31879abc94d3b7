// The browser's side of the search engine: loads the WebAssembly module and the chunks it asks
// for, with fetch; from a folder (file://) and from other origins with script elements.
//
//   const engine = new InkstoneEngine("https://intranet.example/kb/search/");
//   const { total, hits } = await engine.search("个体工商户", { limit: 10 });
//
// It throws an Error with a `code`:
//   missing     a file is not there, or the server cannot be reached (`error.url`)
//   damaged     a file is not what was written
//   version     the pack is of another version of the engine
//   superseded  a later search has begun
//   engine      the engine itself failed, twice
// @ts-check
"use strict";

(() => {
  /**
   * @typedef {{limit?: number, offset?: number, group?: number, sort?: "relevance" | "date",
   *   facets?: boolean, page?: string, kinds?: string[], education_themes?: string[],
   *   years?: string[], issuers?: string[], statuses?: string[], collections?: string[]}} Options
   * @typedef {{rank: number, score: number, source: string, url: string, page_title: string,
   *   section: string, kind: string, education_themes: string[], date: string, status: string,
   *   in_force: boolean, issuer: string, number: string, collection: string, trail: string[],
   *   match: "title" | "exact" | "all" | "most", snippet: string, more: number}} Hit
   * @typedef {{id: string, name: string, count: number}} Count
   * @typedef {{total: number, pages: number, hits: Hit[], facets: Record<string, Count[]> | null,
   *   corrected: string, drop: {text: string, query: string, total: number}[]}} Results
   * @typedef {{kind: "page" | "section" | "theme" | "article", text: string, detail: string,
   *   url: string}} Suggestion
   * @typedef {{memory: WebAssembly.Memory, input(length: number): number, output(): number,
   *   output_length(): number, open(): number, supply(name: number): number, search(): number,
   *   suggest(): number}} Exports
   * @typedef {{resolve(text: string): void, reject(error: Error): void}} Waiting
   */

  /** What the module's functions return. */
  const DONE = 0;
  const NEED = 1;

  /** @type {Map<string, Waiting>} Scripts on their way, by address. */
  const waiting = new Map();

  /**
   * @param {string} code
   * @param {string} message
   * @param {string} [url]
   */
  const failure = (code, message, url) => Object.assign(new Error(message), { code, url });

  const encoder = new TextEncoder();

  /**
   * A lone surrogate, as a script may leave, becomes a sign that is found nowhere.
   * @param {unknown} text
   */
  const wellFormed = (text) => new TextDecoder().decode(encoder.encode(String(text)));

  /** @type {Map<number, number>} The bytes whose characters in windows-1252 have another number. */
  const moved = new Map();
  for (let byte = 0x80; byte < 0xa0; byte++) {
    moved.set(new TextDecoder("windows-1252").decode(Uint8Array.of(byte)).charCodeAt(0), byte);
  }

  /**
   * The bytes that a script's string stands for; null if it was read in another character set.
   * @param {string} text
   */
  const decode = (text) => {
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const byte = moved.get(code);
      if (byte === undefined && code > 0xff) return null;
      bytes[at] = byte === undefined ? code : byte;
    }
    return bytes;
  };

  class InkstoneEngine {
    /** @param {string} baseUrl Absolute address of the site's `search/` folder, with a slash at its end. */
    constructor(baseUrl) {
      this._base = baseUrl;
      // Neither a folder nor another origin may be fetched from; scripts come from both.
      this._byScript = new URL(baseUrl).origin !== location.origin || location.protocol === "file:";
      this._stats = { requests: 0, bytes: 0 };
      this._ticket = 0;
      /** Whether files are fetched past the browser's cache: after a failure, until it is over. */
      this._again = false;
      /** @type {Promise<Exports> | null} The module with the pack open. */
      this._opened = null;
      /** @type {Promise<WebAssembly.Module> | null} */
      this._module = null;
      /** @type {Map<string, Promise<Uint8Array>>} Files on their way. */
      this._loading = new Map();
    }

    /** What search has fetched since the page was loaded. */
    stats() {
      return { requests: this._stats.requests, bytes: this._stats.bytes };
    }

    /** Loads what every search needs, before anything is asked. */
    async prepare() {
      try {
        await this._ready();
      } catch (_) {
        // Whoever searches is told.
      }
    }

    /**
     * @param {string} text
     * @param {Options} [options]
     * @returns {Promise<Results>}
     */
    search(text, options = {}) {
      const ticket = ++this._ticket;
      const current = () => {
        if (ticket !== this._ticket) throw failure("superseded", "a later search has begun");
      };
      return this._ask("search", { limit: 10, ...options, text: wellFormed(text) }, current);
    }

    /**
     * Names and titles that begin as the text does, in characters, pinyin or initials.
     * @param {string} text
     * @param {{limit?: number}} [options]
     * @returns {Promise<Suggestion[]>}
     */
    suggest(text, options = {}) {
      return this._ask("suggest", { limit: 6, ...options, text: wellFormed(text) }, () => {});
    }

    /**
     * @param {"search" | "suggest"} what
     * @param {object} request
     * @param {() => void} current Throws when the answer is no longer wanted.
     * @returns {Promise<any>}
     */
    async _ask(what, request, current) {
      try {
        return await this._run(what, request, current);
      } catch (error) {
        const trapped = error instanceof WebAssembly.RuntimeError;
        const code = /** @type {{code?: string}} */ (error).code;
        // The site may have been built anew since `hot.bin` was read, and a trapped
        // module is of no more use: once more from the start.
        if (!trapped && code !== "missing" && code !== "damaged") throw error;
        this._opened = null;
        current();
        this._again = true;
        try {
          return await this._run(what, request, current);
        } catch (again) {
          this._opened = null;
          if (again instanceof WebAssembly.RuntimeError) throw failure("engine", again.message);
          throw again;
        }
      }
    }

    /**
     * @param {"search" | "suggest"} what
     * @param {object} request
     * @param {() => void} current
     * @returns {Promise<any>}
     */
    async _run(what, request, current) {
      const engine = await this._ready();
      const query = encoder.encode(JSON.stringify(request));
      for (;;) {
        current();
        this._give(engine, query);
        const status = engine[what]();
        const answer = this._answer(engine, status);
        if (status === DONE) {
          this._again = false;
          return answer;
        }
        /** @type {string[]} */
        const names = answer;
        const loaded = await Promise.all(names.map((name) => this._load(`chunks/${name}.js`)));
        names.forEach((name, at) => {
          this._give(engine, encoder.encode(name), loaded[at]);
          this._answer(engine, engine.supply(name.length));
        });
      }
    }

    /** The module with the pack open, now or soon. */
    _ready() {
      if (!this._opened) {
        const opened = this._open();
        this._opened = opened;
        opened.catch(() => {
          if (this._opened === opened) this._opened = null;
        });
      }
      return this._opened;
    }

    /** @returns {Promise<Exports>} */
    async _open() {
      if (!this._module) {
        const module = this._load("engine.wasm", "engine.wasm.js").then((bytes) =>
          WebAssembly.compile(bytes).catch((error) => {
            throw failure("damaged", `engine.wasm: ${error.message}`);
          }),
        );
        this._module = module;
        module.catch(() => {
          this._module = null;
        });
      }
      const [module, hot] = await Promise.all([this._module, this._load("hot.bin", "hot.js")]);
      const instance = await WebAssembly.instantiate(module, {});
      const engine = /** @type {Exports} */ (/** @type {unknown} */ (instance.exports));
      this._give(engine, hot);
      this._answer(engine, engine.open());
      return engine;
    }

    /**
     * Hands bytes to the module.
     * @param {Exports} engine
     * @param {Uint8Array[]} parts
     */
    _give(engine, ...parts) {
      let at = engine.input(parts.reduce((sum, part) => sum + part.length, 0));
      parts.forEach((part) => {
        new Uint8Array(engine.memory.buffer, at, part.length).set(part);
        at += part.length;
      });
    }

    /**
     * The module's answer, or its error, thrown.
     * @param {Exports} engine
     * @param {number} status
     */
    _answer(engine, status) {
      if (status === DONE && engine.output_length() === 0) return null;
      const bytes = new Uint8Array(engine.memory.buffer, engine.output(), engine.output_length());
      const answer = JSON.parse(new TextDecoder().decode(bytes));
      if (status !== DONE && status !== NEED) throw failure(answer.code, answer.message);
      return answer;
    }


    /**
     * A file's bytes, or those of the script that stands in for it: a chunk is both.
     * @param {string} path
     * @param {string} [script]
     * @returns {Promise<Uint8Array>}
     */
    _load(path, script = path) {
      const url = this._base + (this._byScript ? script : path);
      let loading = this._loading.get(url);
      if (!loading) {
        const plain = this._base + path;
        loading = this._byScript ? this._script(url, plain) : this._fetch(plain);
        this._loading.set(url, loading);
        const forget = () => this._loading.delete(url);
        loading.then(forget, forget);
      }
      return loading;
    }

    /** @param {string} url */
    async _fetch(url) {
      this._stats.requests++;
      // A chunk's name is its content; the others keep their names over builds. What failed
      // once may be damaged in the browser's cache.
      const kept = url.includes("/chunks/") ? "default" : "no-cache";
      const cache = this._again ? "reload" : kept;
      /** @type {Response} */
      let response;
      /** @type {ArrayBuffer} */
      let buffer;
      try {
        response = await fetch(url, { cache, credentials: "same-origin" });
        if (!response.ok) throw new Error(`status ${response.status}`);
        buffer = await response.arrayBuffer();
      } catch (error) {
        throw failure("missing", `cannot load ${url}: ${/** @type {Error} */ (error).message}`, url);
      }
      this._stats.bytes += buffer.byteLength;
      return new Uint8Array(buffer);
    }

    /**
     * @param {string} url
     * @param {string} plain Address of the file that the script stands in for.
     * @returns {Promise<Uint8Array>}
     */
    async _script(url, plain) {
      const script = document.createElement("script");
      script.charset = "windows-1252";
      script.src = url;
      this._stats.requests++;
      try {
        /** @type {string} */
        const text = await new Promise((resolve, reject) => {
          waiting.set(script.src, { resolve, reject });
          script.onerror = () => reject(failure("missing", `cannot load ${url}`, url));
          // Runs after the script did: without effect if it delivered.
          script.onload = () => reject(failure("damaged", `${url} delivers nothing`, url));
          document.head.appendChild(script);
        });
        const bytes = decode(text);
        if (bytes) {
          this._stats.bytes += bytes.length;
          return bytes;
        }
        // The server declares a character set for scripts. It may allow fetching, though.
        return await this._fetch(plain).catch(() => {
          throw failure("damaged", `${url} is declared in another character set`, url);
        });
      } finally {
        waiting.delete(script.src);
        script.remove();
      }
    }
  }

  /**
   * Called by the scripts that stand in for files, of which there are so many that its name is
   * short.
   * @param {string} text A character a byte, in windows-1252.
   */
  const takeScript = (text) => {
    const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
    const wanted = script && waiting.get(script.src);
    if (wanted) wanted.resolve(text);
  };

  Object.assign(globalThis, { InkstoneEngine, ink: takeScript });
})();
