/** Names in presentation form as the tree walk needs them: their labels, and who lies below whom. */
import type { Name } from "../ports.ts";

/** The labels of a name, leftmost first, escapes kept; none for the root. */
export function labelsOf(name: Name): string[] {
  return name.match(/(?:\\.|[^.\\])+/gs) ?? [];
}

/** The form in which names are compared (RFC 4343): lower case, no final dot. */
export function comparable(name: Name): Name {
  return labelsOf(name).join(".").toLowerCase();
}

/** The last `count` labels of a name. */
export function rightmost(name: Name, count: number): Name {
  return count <= 0 ? "" : labelsOf(name).slice(-count).join(".");
}

/** Whether `name` is `ancestor` or lies below it; both comparable. */
export function isWithin(name: Name, ancestor: Name): boolean {
  return name === ancestor || rightmost(name, labelsOf(ancestor).length) === ancestor;
}

/** Octets of a name without its final dot (RFC 1035 §3.1: an escape is one octet). */
export function octetsIn(name: Name): number {
  return name.replace(/\\(?:\d{3}|.)/gs, "x").length;
}
