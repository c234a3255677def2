// Remakes the tables of docs/opt.md: what `wasm-gauge opt`, `jco opt` and wasm-opt make of the files of corpus.json.
//
//   node docs/opt-corpus/run.mjs FOLDER > tables.md
//
// Needs wasm-gauge, wasm-opt, wasm-tools, npm and cargo on PATH. FOLDER keeps packages, files and results: what is there
// is not made again. Exit status 1: something is larger than it may be.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const folder = path.resolve(process.argv[2] ?? "corpus");
const here = import.meta.dirname;
const { jco, npm, crate } = JSON.parse(fs.readFileSync(path.join(here, "corpus.json")));
for (const name of ["packages", "files", "made"]) fs.mkdirSync(path.join(folder, name), { recursive: true });

// One thread, so that times can be compared.
const env = { ...process.env, BINARYEN_CORES: "1" };

function run(command, args, options = {}) {
  const ran = spawnSync(command, args, { cwd: folder, env, encoding: "utf8", maxBuffer: 1 << 28, ...options });
  if (ran.error) throw ran.error;
  return ran;
}

function must(command, args, options) {
  const ran = run(command, args, options);
  if (ran.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${ran.stderr}`);
  return ran.stdout;
}

// User and system time of a command in seconds; what it says when it fails.
function timed(command, args) {
  const script = 'TIMEFORMAT="seconds %U %S"; time "$@"';
  const ran = run("bash", ["-c", script, "timed", command, ...args]);
  const [, user, system] = ran.stderr.match(/seconds (\S+) (\S+)\s*$/) ?? [];
  const said = ran.stderr.replace(/seconds \S+ \S+\s*$/, "").trim();
  return ran.status === 0 ? { seconds: Number(user) + Number(system) } : { failed: said.split("\n").at(-1) };
}

// The files, each with a name of its own.
function files() {
  const found = [];
  for (const { name, integrity, files } of npm) {
    const packed = path.join(folder, "packages", `${name.replaceAll("/", "+")}.tgz`);
    if (!fs.existsSync(packed)) {
      const [{ filename }] = JSON.parse(must("npm", ["pack", "--json", "--ignore-scripts", name]));
      fs.renameSync(path.join(folder, filename), packed);
    }
    const sum = createHash("sha512").update(fs.readFileSync(packed)).digest("base64");
    if (`sha512-${sum}` !== integrity) throw new Error(`${name}: integrity is sha512-${sum}, not ${integrity}`);
    for (const file of files) {
      const to = path.join(folder, "files", `${name.replaceAll("/", "+")}-${path.basename(file)}`);
      if (!fs.existsSync(to)) fs.writeFileSync(to, must("tar", ["-xzOf", packed, file], { encoding: "buffer" }));
      found.push({ group: "npm", file: to, name: `${name} ${path.basename(file)}` });
    }
  }
  // Of the crate that Cargo.lock pins.
  const metadata = must("cargo", ["metadata", "--format-version", "1", "--locked"], { cwd: here });
  const { version, manifest_path } = JSON.parse(metadata).packages.findLast((found) => found.name === crate.name);
  const cases = path.join(path.dirname(manifest_path), crate.folder);
  for (const name of fs.readdirSync(cases).sort()) {
    const text = path.join(cases, name, crate.file);
    if (!fs.existsSync(text)) continue;
    const to = path.join(folder, "files", `${crate.name}-${version}-${name}.wasm`);
    if (!fs.existsSync(to) && run("wasm-tools", ["parse", text, "-o", to]).status !== 0) continue;
    found.push({ group: `${crate.name}@${version}`, file: to, name });
  }
  return found;
}

const isComponent = (bytes) => bytes[4] === 13;

function leb(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

// A component of a core module, for jco, which takes no core modules; and back.
const header = Buffer.from([0, 0x61, 0x73, 0x6d, 13, 0, 1, 0]);
const wrapped = (module) => Buffer.concat([header, Buffer.from([1]), leb(module.length), module]);
function unwrapped(component) {
  let at = 9;
  while (component[at] >= 128) at += 1;
  const module = component.subarray(at + 1);
  if (component[8] !== 1 || wrapped(module).length !== component.length) throw new Error("more than a core module");
  return module;
}

function sizes(file) {
  const { optimized } = JSON.parse(must("wasm-gauge", ["measure", "--format", "json", file]));
  return { raw: optimized.raw_bytes, gzip: optimized.gzip_bytes, brotli: optimized.brotli_bytes };
}

// What wasm-opt has to be told of the features, which wasm-gauge finds.
function features(file) {
  const names = {
    "bulk-memory": "bulk-memory", simd128: "simd", atomics: "threads",
    "nontrapping-fptoint": "nontrapping-float-to-int",
  };
  const { modules } = JSON.parse(must("wasm-gauge", ["target-features", "--format", "json", file]));
  const all = [...new Set(modules.flatMap((module) => module.features))].sort();
  return all.map((name) => `--enable-${names[name] ?? name}`);
}

const jcoFolder = path.join(folder, "jco");
if (!fs.existsSync(jcoFolder)) {
  fs.mkdirSync(jcoFolder);
  must("npm", ["install", "--silent", "--ignore-scripts", "--prefix", jcoFolder, `@bytecodealliance/jco@${jco}`]);
}
const jcoProgram = path.join(jcoFolder, "node_modules/.bin/jco");
// Those of jco itself.
const jcoFlags = ["-Oz", "--low-memory-unused", "--enable-bulk-memory", "--strip-debug"];

const assumption = "--low-memory-unused";

function byJco(file, to, flags) {
  const bytes = fs.readFileSync(file);
  const input = isComponent(bytes) ? file : path.join(folder, "made", "wrapped.wasm");
  if (input !== file) fs.writeFileSync(input, wrapped(bytes));
  const result = timed(jcoProgram, ["opt", input, "-o", to, "--quiet", "--", ...flags]);
  if (!result.failed && input !== file) fs.writeFileSync(to, unwrapped(fs.readFileSync(to)));
  return result;
}

// jco opt, and where it fails with the features besides.
function byJcoTold(file, to, flags) {
  const result = byJco(file, to, flags);
  return result.failed ? { ...byJco(file, to, [...flags, ...features(file)]), told: true } : result;
}

const cache = ["--cache", path.join(folder, "cache")];
const tools = {
  "wasm-opt": (file, to) => timed("wasm-opt", ["-Oz", ...features(file), file, "-o", to]),
  jco: (file, to) => byJcoTold(file, to, jcoFlags),
  "effort 1": (file, to) => timed("wasm-gauge", ["opt", file, "-o", to]),
  "effort 2": (file, to) => timed("wasm-gauge", ["opt", "--effort", "2", ...cache, file, "-o", to]),
  // The same runs of wasm-opt: what it takes is not told.
  "for brotli": (file, to) => timed("wasm-gauge", ["opt", "--effort", "2", "--for", "brotli", ...cache, file, "-o", to]),
};

const kept = path.join(folder, "results.json");
const results = fs.existsSync(kept) ? JSON.parse(fs.readFileSync(kept)) : {};
const corpus = files();
for (const { file } of corpus) {
  const key = path.basename(file);
  results[key] ??= { input: sizes(file) };
  const result = results[key];
  for (const [tool, make] of Object.entries(tools)) keep(key, tool, (to) => make(file, to));
  // jco assumes of every module that it does not use the first 1,024 bytes of memory, which wasm-gauge wants shown.
  if (result["effort 2"].raw > result.jco.raw) {
    keep(key, "jco assuming nothing", (to) => byJcoTold(file, to, jcoFlags.filter((flag) => flag !== assumption)));
  }
}

function keep(key, tool, make) {
  if (results[key][tool]) return;
  const to = path.join(folder, "made", `${tool.replaceAll(" ", "-")}.wasm`);
  fs.rmSync(to, { force: true });
  const result = make(to);
  if (!result.failed && run("wasm-tools", ["validate", "--features", "all", to]).status !== 0) result.failed = "not valid";
  results[key][tool] = result.failed ? result : { ...result, ...sizes(to) };
  fs.writeFileSync(kept, JSON.stringify(results, null, 1));
  console.error(key, tool, result.failed ?? "");
}

const number = (value) => value?.toLocaleString("en") ?? "fails";
const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const wrong = [];
const all = corpus.map((entry) => ({ ...entry, ...results[path.basename(entry.file)] }));
for (const entry of all) {
  const larger = (what, made, than) => {
    if (made === undefined || made > than) wrong.push(`${entry.name}: ${what}: ${number(made)}, not at most ${number(than)}`);
  };
  larger("effort 2 and the input", entry["effort 2"].raw, entry.input.raw);
  const fair = entry["jco assuming nothing"] ?? entry.jco;
  larger("effort 2 and jco", entry["effort 2"].raw, fair.raw ?? Infinity);
  larger("for brotli and the input", entry["for brotli"].brotli, entry.input.brotli);
}
console.log("| file | bytes | wasm-opt -Oz | jco opt | effort 1 | effort 2 | brotli | jco opt | effort 2 | for brotli |");
console.log("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
for (const entry of all.filter(({ group }) => group === "npm")) {
  const raw = ["input", "wasm-opt", "jco", "effort 1", "effort 2"].map((tool) => number(entry[tool].raw));
  const brotli = ["input", "jco", "effort 2", "for brotli"].map((tool) => number(entry[tool].brotli));
  const mark = entry["jco assuming nothing"] ? ` (${number(entry["jco assuming nothing"].raw)})` : "";
  raw[2] += mark;
  console.log(`| ${[`\`${entry.name}\``, ...raw, ...brotli].join(" | ")} |`);
}
console.log("\n| group | files | tool | fails | bytes | gzip -9 | brotli | median raw, to jco's | larger than the input: raw, gzip, brotli | user+sys, s |");
console.log("|---|--:|---|--:|--:|--:|--:|--:|---|--:|");
for (const group of new Set(all.map((entry) => entry.group))) {
  const entries = all.filter((entry) => entry.group === group);
  // Sums are of what jco does not fail on.
  const both = entries.filter((entry) => !entry.jco.failed);
  for (const tool of ["input", ...Object.keys(tools)]) {
    const fails = entries.filter((entry) => entry[tool].failed).length;
    const made = both.filter((entry) => !entry[tool].failed);
    const isWhole = made.length === both.length;
    const sum = (what) => (isWhole ? number(made.reduce((total, entry) => total + entry[tool][what], 0)) : "");
    const ratio = made.length > 0 ? median(made.map((entry) => entry[tool].raw / entry.jco.raw)).toFixed(4) : "";
    const worse = ["raw", "gzip", "brotli"].map((what) => made.filter((entry) => entry[tool][what] > entry.input[what]).length);
    const seconds = isWhole && !["input", "for brotli"].includes(tool) ? made.reduce((total, entry) => total + entry[tool].seconds, 0).toFixed(1) : "";
    const cells = [group, entries.length, tool, fails, sum("raw"), sum("gzip"), sum("brotli"), ratio, worse.join(", "), seconds];
    console.log(`| ${cells.join(" | ")} |`);
  }
}
const told = all.filter((entry) => entry.jco.told).length;
const assumed = all.filter((entry) => entry["jco assuming nothing"]).length;
console.log(`\njco opt had to be told the features of ${told} of ${all.length} files. Of ${assumed} it made less than effort 2 by assuming`);
console.log(`\`${assumption}\`; what it makes without is in brackets.`);
for (const line of wrong) console.error(`LARGER ${line}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
