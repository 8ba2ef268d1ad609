/** The JSON Schema of every command's answer. `npm run schema` prints it into `docs/schema.json`. */
import * as z from "zod";
import { resultSchema } from "./result.ts";

/** JSON Schema (draft 2020-12) of a Result, made from the zod types; plain JSON, the same on every run. */
export function resultJsonSchema(): Record<string, unknown> {
  return { title: "An answer of Waxseal", ...z.toJSONSchema(resultSchema) };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(resultJsonSchema(), null, 2)}\n`);
