/** The directory of providers: every file of `data/`, read once, when it is first asked for. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createMatcher, type Matcher } from "./match.ts";
import { type Provider, providerSchema } from "./schema.ts";

const FOLDER = path.join(import.meta.dirname, "data");

let known: readonly Provider[] | undefined;
let tables: Matcher | undefined;

/** Every provider, sorted by id. Throws where a file does not keep to the schema: a fault of the package, not of a request. */
export function providers(): readonly Provider[] {
  known ??= readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map(read);
  return known;
}

/** The tables over all providers, made once. */
export function matcher(): Matcher {
  tables ??= createMatcher(providers());
  return tables;
}

function read(file: string): Provider {
  const parsed = providerSchema.safeParse(JSON.parse(readFileSync(path.join(FOLDER, file), "utf8")));
  if (!parsed.success) throw new Error(`src/providers/data/${file}: ${parsed.error.message}`);
  return parsed.data;
}
