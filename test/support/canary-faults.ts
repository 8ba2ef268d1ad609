/** Preloaded into the program under test: a paste that asks for it makes the command crash, with all of the paste in the error. */
import { registerHooks } from "node:module";
import { CRASH } from "./canary-crash.ts";

const FILE = "/src/triage/diagnose.ts";
const DECLARED = "export async function diagnose(";

const CRASHING = `
export async function diagnose(pasted: Pasted, settings: DiagnoseSettings): Promise<Diagnosis | TooMuch> {
  if (pasted.text.includes("${CRASH}")) throw new Error("it crashed over: " + pasted.text);
  return diagnoseWhole(pasted, settings);
}
`;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(FILE)) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString("utf8");
    // Else nothing would crash, and nobody would know.
    if (!source.includes(DECLARED)) throw new Error(`${FILE} no longer says "${DECLARED}"`);
    return { ...loaded, source: source.replace(DECLARED, "async function diagnoseWhole(") + CRASHING };
  },
});
