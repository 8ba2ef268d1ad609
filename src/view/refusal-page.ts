/** The page of an input that cannot be used. */
import type { Refused } from "../results/result.ts";
import { lineOf, strong } from "./line.ts";
import type { Doc } from "./doc.ts";

export function refusalPage({ line, error, actions, command }: Refused): Doc {
  const title = [strong(command === "" ? "Waxseal" : command)];
  // A command that asks for its form has nothing wrong with it yet.
  const asks = error.code === "input.empty" && actions.some(({ fields = [] }) => fields.length > 0);
  return {
    line,
    state: asks ? "info" : "error",
    title,
    headline: lineOf(error.message),
    lead: [],
    sections: [],
    actions,
  };
}
