/** Debian's Chromium for tests; nothing is installed here. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const EXECUTABLE = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const ARGS =
  "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(
    " ",
  );

const isMissing = !existsSync(EXECUTABLE);
if (isMissing && process.env["CI"] === undefined)
  console.warn(`No browser at ${EXECUTABLE}: install Debian's chromium, or set CHROMIUM_PATH.`);

/** Whether tests with a browser are left out; in CI a missing one fails them. */
export const withoutBrowser = isMissing && process.env["CI"] === undefined;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
}
