/** The guided set-ups: every file of `flows/`, each read once, when it is first asked for. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";
import {
  type Flow,
  flowFileSchema,
  type FlowFile,
  flowSchema,
  type Shared,
  sharedSchema,
  type Step,
} from "./schema.ts";

const FOLDER = path.join(import.meta.dirname, "flows");
const SHARED = "shared";

let common: Shared | undefined;
let ids: readonly string[] | undefined;
const known = new Map<string, Flow>();

/** Reads a file; throws where it does not keep to its schema: a fault of the package, not of a request. */
function read<T>(name: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(JSON.parse(readFileSync(path.join(FOLDER, `${name}.json`), "utf8")));
  if (!parsed.success) throw new Error(`src/setup/flows/${name}.json: ${parsed.error.message}`);
  return parsed.data;
}

/** What several flows use: steps, DNS hosts, rules and costs of SPF. */
export function shared(): Shared {
  common ??= read(SHARED, sharedSchema);
  return common;
}

/** The ids of all providers that have a flow of their own, sorted. */
export function flowIds(): readonly string[] {
  ids ??= readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .filter((id) => id !== SHARED)
    .sort();
  return ids;
}

/** The flow of a provider, its shared steps in place; null where it has none of its own. */
export function readFlow(id: string): Flow | null {
  if (!flowIds().includes(id) || !existsSync(path.join(FOLDER, `${id}.json`))) return null;
  const flow = known.get(id) ?? complete(read(id, flowFileSchema));
  known.set(id, flow);
  return flow;
}

/** A step of `flows/shared.json`. Throws where there is none of that name: a fault of the package. */
export function sharedStep(name: string): Step {
  const step = Object.hasOwn(shared().steps, name) ? shared().steps[name] : undefined;
  if (step === undefined) throw new Error(`src/setup/flows/shared.json has no step "${name}"`);
  return step;
}

function complete(file: FlowFile): Flow {
  const steps = file.steps.map((step): Step => {
    if (!("shared" in step)) return step;
    const found = sharedStep(step.shared);
    return step.when === undefined ? found : { ...found, when: step.when };
  });
  return flowSchema.parse({ ...file, steps });
}
