/** What receivers' texts and status codes mean: the data files, read once, and the search in them: provider first, then RFC 7372, then generic. */
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { CAUSES, isCause, type Cause } from "./causes.ts";

const FOLDER = path.join(import.meta.dirname, "data");
const NAME = z.string().min(1);
const cause = z.custom<Cause>((value) => typeof value === "string" && isCause(value));
const confidence = z.enum(["certain", "likely", "guess"]);
const patterns = z.union([NAME, z.array(NAME)]);

const entrySchema = z.strictObject({
  id: NAME,
  /** When it was held against its sources, where that was not with the others. */
  date: z.iso.date().optional(),
  who: NAME,
  smtp: z.array(NAME),
  enhanced: z.array(NAME),
  patterns: z.array(z.union([z.strictObject({ literal: NAME }), z.strictObject({ regex: NAME })])),
  requires: z.strictObject({ enhanced: z.array(NAME).optional(), text: z.array(NAME).optional() }).optional(),
  mechanism: z.enum([
    "spf",
    "dkim",
    "dmarc",
    "arc",
    "rdns",
    "tls",
    "reputation",
    "rate",
    "content",
    "recipient",
    "relay",
    "other",
  ]),
  cause,
  authentication: z.boolean(),
  actor: z.enum([
    "sender-dns-admin",
    "sender-mail-admin",
    "sending-provider",
    "sender",
    "receiver",
    "recipient",
    "forwarder",
    "nobody",
  ]),
  duration: z.enum(["permanent", "temporary", "either"]),
  confidence,
  priority: z.int(),
  means: NAME,
  next: NAME,
  note: NAME.optional(),
  extract: z.strictObject({ domain: patterns.optional(), ip: patterns.optional() }).optional(),
  sources: z
    .array(
      z.strictObject({
        url: NAME,
        confidence: z.enum(["high", "medium", "low"]),
        via: NAME.optional(),
      }),
    )
    .min(1),
});

/** The file `bounce-codes.json`. */
export const bounceCodesSchema = z.strictObject({
  date: z.iso.date(),
  source: NAME,
  entries: z.array(entrySchema),
});

const otherwise = z.array(z.looseObject({ who: NAME, meaning: NAME }));

/** The file `enhanced-status-codes.json`. */
export const statusCodesSchema = z.strictObject({
  date: z.iso.date(),
  source: NAME,
  confidence,
  registered: z.array(
    z.strictObject({
      code: NAME,
      meaning: NAME,
      rfc: NAME,
      cause: cause.optional(),
      authentication: z.boolean(),
      usedOtherwiseBy: otherwise.optional(),
    }),
  ),
  private: z.array(
    z.strictObject({
      code: NAME,
      who: NAME,
      meaning: NAME,
      cause: cause.optional(),
      source: NAME,
    }),
  ),
});

/** One text of a receiver: what it means, who acts, and where that is written. */
export type CodeEntry = z.infer<typeof entrySchema>;
/** The meaning of a status code by itself. */
export interface StatusMeaning {
  code: string;
  meaning: string;
  cause: Cause;
  /** Who uses it so: an RFC or a provider. */
  by: string;
}

function load<T>(file: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(path.join(FOLDER, file), "utf8")));
}

interface Compiled {
  entry: CodeEntry;
  literals: readonly string[];
  expressions: readonly RegExp[];
}

let file: z.infer<typeof bounceCodesSchema> | undefined;
let compiled: readonly Compiled[] | undefined;
let statuses: z.infer<typeof statusCodesSchema> | undefined;

/** Every entry, read once. Throws where the file does not keep to the schema: a fault of the package. */
export function entries(): readonly CodeEntry[] {
  return table().map(({ entry }) => entry);
}

/** When an entry was last held against its sources, or all of them together: "2026-11-22". */
export function codesDate(entry?: CodeEntry): string {
  return entry?.date ?? readFile().date;
}

const readFile = (): z.infer<typeof bounceCodesSchema> =>
  (file ??= load("bounce-codes.json", bounceCodesSchema));

function table(): readonly Compiled[] {
  compiled ??= readFile().entries.map((entry) => ({
    entry,
    literals: entry.patterns.flatMap((each) => ("literal" in each ? [each.literal] : [])),
    expressions: entry.patterns.flatMap((each) => ("regex" in each ? [new RegExp(each.regex)] : [])),
  }));
  return compiled;
}

/** An entry that was found in a text. */
export interface Match {
  entry: CodeEntry;
  /** Where in the text, and how much of it, says so. */
  at: number;
  length: number;
}

/**
 * Every entry found in a normalised diagnostic text, best first: highest priority, then the longest words. "size limit exceeded" within
 * "mailbox size limit exceeded" is not found. Linear in the text.
 */
export function matchCodes(text: string, enhanced: readonly string[]): Match[] {
  const found: Match[] = [];
  for (const { entry, literals, expressions } of table()) {
    const { requires } = entry;
    if (requires?.enhanced !== undefined && !requires.enhanced.some((each) => enhanced.includes(each)))
      continue;
    if (requires?.text !== undefined && !requires.text.every((each) => text.includes(each))) continue;
    const best = bestOf(text, literals, expressions);
    if (best !== null) found.push({ entry, ...best });
  }
  return found
    .filter((each) => !found.some((other) => covers(other, each)))
    .sort((a, b) => b.entry.priority - a.entry.priority || b.length - a.length);
}

/** Whether a match says all that another one says, and more. */
function covers(more: Match, less: Match): boolean {
  return more.length > less.length && more.at <= less.at && more.at + more.length >= less.at + less.length;
}

function bestOf(
  text: string,
  literals: readonly string[],
  expressions: readonly RegExp[],
): { at: number; length: number } | null {
  let best: { at: number; length: number } | null = null;
  const take = (at: number, length: number): void => {
    if (at >= 0 && (best === null || length > best.length)) best = { at, length };
  };
  for (const literal of literals) take(text.indexOf(literal), literal.length);
  for (const expression of expressions) {
    const hit = expression.exec(text);
    if (hit !== null) take(hit.index, hit[0].length);
  }
  return best;
}

/** The first value that one of the patterns takes out of the text; null where none does. */
export function extract(text: string, which: string | readonly string[] | undefined): string | null {
  for (const pattern of typeof which === "string" ? [which] : (which ?? [])) {
    const value = new RegExp(pattern).exec(text)?.[1];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}

/** Whether "5.7.606-5.7.649", "5.7.124, 5.7.133" or "X.7.1" covers a code. */
function isWithin(range: string, code: string): boolean {
  const numbers = (text: string): number[] => text.split(".").map(Number);
  return range.split(", ").some((each) => {
    const [from = "", to = from] = each.split("-");
    const [klass = "", ...rest] = from.split(".");
    const [ours = "", subject, detail = 0] = code.split(".");
    if (klass !== "X" && klass !== ours) return false;
    const [low, high] = [numbers(rest.join(".")), numbers(to.split(".").slice(1).join("."))];
    return Number(subject) === low[0] && detail !== 0
      ? Number(detail) >= (low[1] ?? 0) && Number(detail) <= (high[1] ?? 0)
      : Number(subject) === low[0] && low[1] === 0;
  });
}

/** What an enhanced status code means by itself, provider's use first where the provider is known (RFC 3463, RFC 7372); null for an unknown code or one that says nothing. */
export function statusMeaning(code: string, receiver: string | null): StatusMeaning | null {
  statuses ??= load("enhanced-status-codes.json", statusCodesSchema);
  const said = receiver?.toLowerCase() ?? "";
  for (const { code: range, who, meaning, cause: named } of statuses.private)
    if (named !== undefined && isWithin(range, code) && said.includes(who.toLowerCase().split(".")[0]!))
      return { code, meaning, cause: named, by: who };
  for (const { code: range, meaning, rfc, cause: named } of statuses.registered)
    if (named !== undefined && isWithin(range, code) && Object.hasOwn(CAUSES, named))
      return { code, meaning, cause: named, by: `RFC ${rfc}` };
  return null;
}
