/** Finds the providers of ../shared/facts (FACTS_DIR overrides the place); none of it is committed. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const FACTS_DIR = process.env["FACTS_DIR"] ?? resolve(import.meta.dirname, "../../../shared/facts");
const FILES = ["providers-a-l.json", "providers-m-z.json"].map((file) => join(FACTS_DIR, file));

/** Entries of one service that stand in the facts twice, and the id under which it is kept. */
export const MERGED: ReadonlyMap<string, string> = new Map([
  ["eloqua", "oracle-eloqua"],
  ["emarsys", "sap-emarsys"],
  ["statuspage", "atlassian-statuspage"],
]);

/** Why the tests against the facts cannot run: null where the files are there. In CI a missing file throws. */
export function missingFacts(): string | null {
  const missing = FILES.filter((file) => !existsSync(file));
  if (missing.length === 0) return null;
  const line = `not there: ${missing.join(", ")}`;
  if (process.env["CI"] === "true") throw new Error(`facts are ${line}`);
  console.warn(`skipped, facts are ${line}`);
  return line;
}

/** The ids of all entries, as they stand. */
export function factIds(): string[] {
  return FILES.flatMap((file) => JSON.parse(readFileSync(file, "utf8")) as { id: string }[]).map(
    ({ id }) => id,
  );
}

/** What each entry rests on, with the id under which it is kept, and the confidence. */
export function factStatements(): { id: string; fact: string; confidence: string }[] {
  interface Entry {
    id: string;
    sources: { fact: string; confidence: string }[];
  }
  return FILES.flatMap((file) => JSON.parse(readFileSync(file, "utf8")) as Entry[]).flatMap((entry) =>
    entry.sources.map(({ fact, confidence }) => ({
      id: MERGED.get(entry.id) ?? entry.id,
      fact,
      confidence,
    })),
  );
}
