/** Issues as people read them: what is one character an octet in the protocol becomes the text that it stands for. */
import { readable } from "../../text/octets.ts";

/** The same facts with every text in them readable. */
export function withReadable<T extends object>(facts: T): T {
  const entries = Object.entries(facts).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === "string" ? readable(value) : value,
  ]);
  return Object.fromEntries(entries) as T;
}
