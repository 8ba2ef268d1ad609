/** The page of an input that cannot be used. */
import type { Refused } from "../results/result.ts";
import { lineOf, strong } from "./line.ts";
import type { Doc } from "./doc.ts";

export function refusalPage({ line, error, actions, command }: Refused): Doc {
  const title = [strong(command === "" ? "Waxseal" : command)];
  return {
    line,
    state: "error",
    title,
    headline: lineOf(error.message),
    lead: [],
    sections: [],
    actions,
  };
}
