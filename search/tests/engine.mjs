// Runs engine.wasm in node over a pack: one line of JSON a query.
// usage: node engine.mjs PACK QUERY…
import { readFileSync } from "node:fs";

const [pack, ...queries] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(new URL("../engine.wasm", import.meta.url)));
if (WebAssembly.Module.imports(module).length > 0) throw new Error("the module has imports");
const engine = new WebAssembly.Instance(module, {}).exports;

const give = (...parts) => {
  const bytes = Buffer.concat(parts);
  const at = engine.input(bytes.length);
  new Uint8Array(engine.memory.buffer, at, bytes.length).set(bytes);
};
const answer = () => {
  const bytes = new Uint8Array(engine.memory.buffer, engine.output(), engine.output_length());
  return new TextDecoder().decode(bytes);
};
const expect = (status) => {
  if (status !== 0) throw new Error(answer());
};

give(readFileSync(`${pack}/hot.bin`));
expect(engine.open());
for (const text of queries) {
  const query = { text, limit: 10 };
  for (;;) {
    give(new TextEncoder().encode(JSON.stringify(query)));
    const status = engine.search();
    if (status !== 1) {
      expect(status);
      console.log(answer());
      break;
    }
    for (const name of JSON.parse(answer())) {
      give(Buffer.from(name), readFileSync(`${pack}/chunks/${name}.js`));
      expect(engine.supply(name.length));
    }
  }
}
