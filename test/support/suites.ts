/** Finds the data of ../shared/suites (SUITES_DIR overrides the place); none of it is committed. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const SUITES_DIR = process.env["SUITES_DIR"] ?? resolve(import.meta.dirname, "../../../shared/suites");

/** Why the tests of a file cannot run: null where it is there. In CI a missing file throws, so that the run fails. */
export function missingSuite(...files: readonly string[]): string | null {
  const missing = files.map(suitePath).filter((path) => !existsSync(path));
  if (missing.length === 0) return null;
  const line = `not there: ${missing.join(", ")}`;
  if (process.env["CI"] === "true") throw new Error(`a suite is ${line}`);
  console.warn(`skipped, a suite is ${line}`);
  return line;
}

export function suitePath(file: string): string {
  return join(SUITES_DIR, file);
}

export function readSuite(file: string): string {
  return readFileSync(suitePath(file), "utf8");
}

export function readSuiteLines<T>(file: string): T[] {
  return readSuite(file)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}
