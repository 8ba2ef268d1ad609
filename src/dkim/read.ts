/** Reads the answer at a selector's name: which key counts, and what else lies there. */
import type { Name } from "../ports.ts";
import { joinStrings } from "../text/octets.ts";
import { isKey, readKey, type KeyRecord, type KeyStatus } from "./key.ts";
import type { Heard, Probe, TextAnswer } from "./probe.ts";

/** The most usable of several keys; for equals, their text decides, so that the order of an answer does not. */
const USABLE: Record<KeyStatus, number> = { ok: 0, revoked: 1, broken: 2 };

function mostUsable(keys: readonly KeyRecord[]): KeyRecord | null {
  const sorted = [...keys].sort((a, b) => USABLE[a.status] - USABLE[b.status] || (a.text < b.text ? -1 : 1));
  return sorted[0] ?? null;
}

/** The answer without its records. */
function heard(answer: TextAnswer): Heard {
  if (answer.kind !== "records") return answer;
  const { kind, ttl, originalTtl, aliases, authenticated, server, at, messages } = answer;
  return { kind, ttl, originalTtl, aliases, authenticated, server, at, messages };
}

/** What a target says before the domain that a panel added to it: whole names have three labels or more. */
function meantOf(target: Name, name: Name): Name | null {
  const added = name.slice(name.indexOf("._domainkey.") + "._domainkey".length).toLowerCase();
  if (!target.toLowerCase().endsWith(added)) return null;
  const meant = target.slice(0, target.length - added.length);
  const labels = meant.split(".");
  return labels.length >= 3 && labels.at(-1) !== "_domainkey" ? meant : null;
}

const READERS: {
  [K in TextAnswer["kind"]]: (
    answer: Extract<TextAnswer, { kind: K }>,
    name: Name,
  ) => Partial<Probe> & Pick<Probe, "status">;
} = {
  records: ({ records }) => {
    const read = records.map((strings) => readKey(joinStrings(strings)));
    const keys = read.filter(isKey);
    const key = mostUsable(keys);
    const texts = read.map(({ text }) => text);
    if (key !== null) return { status: key.status, key, records: texts, several: read.length > 1 };
    const looks = read.flatMap(({ issues }) =>
      issues.flatMap((issue) => (issue.kind === "not-a-key" ? [issue.looks] : [])),
    );
    return { status: "missing", records: texts, detail: { kind: "not-a-key", looks } };
  },
  none: ({ why, aliases }, name) => {
    const target = aliases.at(-1);
    if (target === undefined) return { status: "missing", detail: { kind: why } };
    return { status: "missing", detail: { kind: "dangling", target, meant: meantOf(target, name) } };
  },
  // RFC 6376 §6.1.2 step 2: never a fact about the key.
  failed: () => ({ status: "unknown" }),
};

/** A selector of which nothing is known yet. */
export function emptyProbe(selector: string, name: Name): Probe {
  return {
    selector,
    name,
    status: "missing",
    key: null,
    records: [],
    aliases: [],
    told: null,
    detail: null,
    several: false,
    elsewhere: [],
  };
}

/** Reads what was answered at a selector's name. */
export function readProbe(selector: string, name: Name, answer: TextAnswer): Probe {
  // The table's entry is of the answer's own kind; the compiler cannot follow the pair.
  const read = READERS[answer.kind] as (
    answer: TextAnswer,
    name: Name,
  ) => Partial<Probe> & Pick<Probe, "status">;
  return {
    ...emptyProbe(selector, name),
    aliases: answer.aliases,
    told: heard(answer),
    ...read(answer, name),
  };
}

/** Whether somebody who looks at it would see a key there: not missing, and heard of. */
export function isHit({ status }: Probe): boolean {
  return status === "ok" || status === "revoked" || status === "broken";
}
