/** Facts: what of a check's answer is kept, so that a later page can say what changed since. Pure; small JSON, versioned by shape. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { ITEMS_MAX, VALUE_MAX } from "./limits.ts";

/** What can change, the most important first. */
export const KINDS = [
  "spf-status",
  "dmarc-policy",
  "dnssec-state",
  "dkim-key",
  "spf-record",
  "mx-kind",
  "mx-host",
  "spf-term",
  "ns-server",
  "mta-sts-mode",
  "dmarc-record",
  "dmarc-report",
  "spf-lookups",
  "tls-rpt-record",
  "bimi-record",
  "mta-sts-id",
] as const;

export type Kind = (typeof KINDS)[number];

/** Checks of which facts are kept. `dane` is not among them: its records follow the hosts' certificates, and change with them. */
export const KEPT = ["spf", "dkim", "dmarc", "mx", "mta-sts", "tls-rpt", "bimi", "dnssec", "ns"] as const;
export type KeptCheck = (typeof KEPT)[number];

/** One thing that is so. `subject`: which of several (a selector, a host, a term); "" where there is one alone. */
export interface Item {
  kind: Kind;
  subject: string;
  value: string;
}

/** How far DKIM keys were looked for: 0 selectors that were named, 1 those of `check`, 2 those of `dkim`. */
export type Width = 0 | 1 | 2;

export interface CheckFacts {
  /** Of the shape. Another one is as if nothing had been kept. */
  v: 1;
  /** Absent where nothing is searched. */
  width?: Width | undefined;
  /** Kinds that no look has been able to tell yet; that none of them is kept says nothing. */
  unknown?: readonly Kind[] | undefined;
  items: readonly Item[];
}

const factsSchema = z.object({
  v: z.literal(1),
  width: z.literal([0, 1, 2]).optional(),
  unknown: z.array(z.enum(KINDS)).optional(),
  items: z.array(z.object({ kind: z.enum(KINDS), subject: z.string(), value: z.string() })),
});

/** What a store gave back; null where it is of another shape. */
export function readFacts(kept: unknown): CheckFacts | null {
  return factsSchema.safeParse(kept).data ?? null;
}

/** What one look found. */
export interface Reading {
  items: readonly Item[];
  /** Kinds that got no answer. Never a fact, never a change. */
  open?: readonly Kind[];
  /** For keys: only what is among the items was asked, or answered. */
  width?: Width;
}

/** Whether a look leaves it open: it was not asked, or got no answer. */
export function isOpen({ items, open = [], width }: Reading, kind: Kind, subject: string): boolean {
  const others = width !== undefined && !items.some((item) => item.kind === kind && item.subject === subject);
  return others || open.includes(kind);
}

/** The first 16 hexadecimal digits of a text's SHA-256: enough to tell two keys apart. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function short(text: string): string {
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX)}… ${hashOf(text)}`;
}

/** An item of a value; none where there is nothing. */
export function itemsOf(kind: Kind, value: string | number | null, subject = ""): Item[] {
  return value === null ? [] : [{ kind, subject: short(subject), value: short(String(value)) }];
}

export const keyOf = ({ kind, subject }: Pick<Item, "kind" | "subject">): string => `${kind} ${subject}`;

/** What is to be kept: what this look found, and of earlier ones what it leaves open. */
export function mergeFacts(last: CheckFacts | null, now: Reading): CheckFacts {
  const found = new Set(now.items.map(keyOf));
  const rest = (last?.items ?? []).filter(
    (item) => !found.has(keyOf(item)) && isOpen(now, item.kind, item.subject),
  );
  const items = [...now.items, ...rest].slice(0, ITEMS_MAX);
  const unknown = (now.open ?? []).filter((kind) => last === null || last.unknown?.includes(kind) === true);
  // Selectors that were named say nothing about how far a search came.
  const width = now.width === 0 ? (last?.width ?? 0) : now.width;
  return {
    v: 1,
    ...(width === undefined ? {} : { width }),
    ...(unknown.length === 0 ? {} : { unknown }),
    items,
  };
}

/** Whether two facts say the same, in whatever order. */
export function sameFacts(one: CheckFacts, other: CheckFacts): boolean {
  const text = ({ width, unknown = [], items }: CheckFacts): string =>
    JSON.stringify([
      width ?? null,
      [...unknown].sort(),
      items.map((item) => `${keyOf(item)} ${item.value}`).sort(),
    ]);
  return text(one) === text(other);
}
