// Whether Chromium 86, which intranets still run, understands what themes ship: scripts by their
// syntax and methods (es-check), style sheets by what caniuse knows (doiuse). Needs the packages
// that tests/run puts into target/npm.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";

const npm = `${process.cwd()}/target/npm`;
const require = createRequire(`${npm}/package.json`);
const { default: doiuse } = await import(require.resolve("doiuse"));
const { default: postcss } = await import(require.resolve("postcss"));

// What is known in part there, and looks right without the rest.
const DEGRADES = new Set([
  "css-not-sel-list", // it takes lists of selectors for a list within :not()
  "css-overflow", // `clip` alone is missing
  "css-scrollbar", // wider scroll bars
  "css-sticky", // tables alone
  "css-text-indent", // its keywords alone
  "multicolumn", // breaks and gaps are known
  "text-decoration", // thicker underlines
  "text-emphasis", // known with a prefix, which is given
]);

const themes = ["default", "plain"].map((theme) => `themes/${theme}/assets`);
const files = themes.flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`));
const scripts = files.filter((file) => file.endsWith(".js"));
scripts.push("search/engine.js", "search/embed.js");
execFileSync(`${npm}/node_modules/.bin/es-check`, ["es2020", ...scripts, "--checkFeatures"], {
  stdio: "inherit",
});

const findings = [];
for (const file of files.filter((name) => name.endsWith(".css"))) {
  const onFeatureUsage = ({ feature, usage }) => {
    if (DEGRADES.has(feature)) return;
    findings.push(`${file}:${usage.source.start.line}: ${feature}`);
  };
  const plugins = [doiuse({ browsers: ["chrome 86"], onFeatureUsage })];
  await postcss(plugins).process(readFileSync(file, "utf8"), { from: file });
}
if (findings.length > 0) {
  console.error(`Chromium 86 does not know:\n${findings.join("\n")}`);
  process.exit(1);
}
console.log(`${files.length} files fit Chromium 86`);
