/** `npm run bench [-- spf|tree|dns|check|triage|start] [--quick] [--write]`: how fast, side by side with others in the same run. */
import { writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as prettier from "prettier";
import { benchCheck } from "./check.ts";
import { benchDns } from "./dns.ts";
import { isMet, partText, type Effort, type Part } from "./measure.ts";
import { benchSpf } from "./spf.ts";
import { benchStart } from "./start.ts";
import { benchTree } from "./tree.ts";
import { benchTriage } from "./triage.ts";

const PARTS = new Map<string, (effort: Effort) => Promise<Part>>([
  ["spf", benchSpf],
  ["tree", benchTree],
  ["dns", benchDns],
  ["check", benchCheck],
  ["triage", benchTriage],
  ["start", benchStart],
]);
const FILE = join(import.meta.dirname, "../../docs/benchmarks.md");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
});
const unknown = positionals.filter((name) => !PARTS.has(name));
if (unknown.length > 0 || (values.write && (positionals.length > 0 || values.quick))) {
  console.error(
    "bench [spf|tree|dns|check|triage|start] [--quick], or bench --write for a whole run kept in docs/benchmarks.md",
  );
  process.exit(2);
}

const effort: Effort = values.quick
  ? { rounds: 1, ms: 300, quick: true }
  : { rounds: 3, ms: 1_500, quick: false };
const machine = `${new Date().toISOString().slice(0, 10)}, ${os.cpus()[0]?.model.trim() ?? "unknown CPU"} x ${String(os.cpus().length)}, Node ${process.version}, ${os.type()} ${os.release()}, load ${os.loadavg()[0]!.toFixed(1)} at the start.`;
console.log(`${machine}\n`);
const parts: Part[] = [];
for (const [name, run] of PARTS) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const part = await run(effort);
  parts.push(part);
  console.log(`${partText(part)}\n`);
}
const missed = parts.flatMap(({ gates }) => gates).filter((gate) => !isMet(gate));
console.log(missed.length === 0 ? "every gate is met" : `gates missed: ${String(missed.length)}`);
if (missed.length > 0) process.exitCode = 1;

if (values.write) {
  const intro =
    "`npm run bench -- --write` writes this page. Ratios say more than figures: both sides ran in turn on the same machine.";
  const text = ["# Benchmarks", intro, machine, ...parts.map(partText)].join("\n\n");
  const style = await prettier.resolveConfig(FILE);
  writeFileSync(FILE, await prettier.format(text, { ...style, parser: "markdown" }));
  console.log(`written: ${FILE}`);
}
