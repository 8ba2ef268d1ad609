/** What a pasted header block or message says about itself: its fields typed, each with who wrote it and whether that is believed. */
import { parseAddress } from "../address.ts";
import { readArc, type ArcSet } from "./arc.ts";
import { domainOf, readAuthors, readPath } from "./authors.ts";
import { readBlock, type Block, type Field, type Notice, type Reading } from "./headers.ts";
import { readHop, withDelays, type Hop } from "./hops.ts";
import { HOPS_MAX, RESULTS_MAX } from "./limits.ts";
import { hostName, isAuthored } from "./names.ts";
import { holdsResults, readResults, type AuthResult } from "./results.ts";
import { readSignature, type Signature } from "./signatures.ts";
import { believed, boundaryOf, type Boundary, type Placed } from "./trust.ts";

export type { ArcSet, AuthResult, Field, Hop, Notice, Signature };

export interface Message {
  /** In order, top first. */
  fields: Field[];
  /** What follows the header block; null where the text is a header block alone. */
  body: string | null;
  /** "message": a body with something in it is at hand. */
  kind: "headers" | "message";
  /** Nothing had to be undone to read it, so its signatures can be verified. */
  untouched: boolean;
  /** Domains of the From fields, lower case, A-labels, each once; several where there are several authors. */
  from: string[];
  /** How many From fields there are; RFC 5322 §3.6 allows one. */
  fromFields: number;
  /** Domains of Sender and Reply-To, as those of From. */
  sender: string[];
  replyTo: string[];
  /** The envelope sender: "local@domain", a domain alone where no more is said, "" for the null sender, null where unknown. */
  envelope: string | null;
  /** The envelope sender was told by the receiver. */
  envelopeTrusted: boolean;
  /** HELO name and address of the client that handed the message to the receiver. */
  helo: string | null;
  ip: string | null;
  /** Received lines, top (latest) first. */
  hops: Hop[];
  signatures: Signature[];
  results: AuthResult[];
  arc: ArcSet[];
  /** A mailing list passed it on: List-Id, Mailing-List, Precedence: list and their kin. */
  isList: boolean;
  /** The host that took the message in: whose word is believed. */
  receiver: string | null;
  /** What was odd about the text. */
  notices: Notice[];
}

/** Settings of reading. */
export interface ReadOptions {
  /** The host whose Authentication-Results and Received lines are believed, where the reader of the mail knows it. */
  trust?: string;
}

/** What became of a text: a message, none in it, or one beyond a limit. */
export type MessageReading = { kind: "message"; message: Message } | Exclude<Reading, { kind: "block" }>;

/** Reads a header block or a whole message, and tells why there is none. Never throws; linear in the length. */
export function readText(text: string, options: ReadOptions = {}): MessageReading {
  const reading = readBlock(text);
  return reading.kind === "block" ? { kind: "message", message: typed(reading.block, options) } : reading;
}

/** Reads a header block or a whole message; null where the text holds no header block, or one beyond the limits. */
export function readMessage(text: string, options: ReadOptions = {}): Message | null {
  const reading = readText(text, options);
  return reading.kind === "message" ? reading.message : null;
}

function typed(block: Block, { trust }: ReadOptions): Message {
  const { fields, body } = block;
  const notices = [...block.notices];
  const note = (kind: Notice["kind"], line: number | null, text = ""): number =>
    notices.push({ kind, line, text });
  const of = (key: string): Field[] => fields.filter((field) => field.key === key);

  const received = of("received");
  if (received.length > HOPS_MAX) note("many-hops", received[HOPS_MAX]!.line, String(received.length));
  const read = withDelays(received.slice(0, HOPS_MAX).map(readHop));
  const boundary = boundaryOf(
    read,
    trust === undefined ? undefined : (hostName(trust) ?? trust.toLowerCase()),
  );
  const hops = read.map((hop, index) => ({ ...hop, trusted: index <= boundary.border }));
  for (const { delay, line } of hops)
    if (delay !== null && delay < -SKEW_MAX) note("clock-skew", line, String(delay));

  const results = resultsOf(fields, hops, boundary, note);
  const arc = readArc(fields);
  if (arc.over) note("many-arc-sets", null);
  const authors = authorsOf(of("from"), note);
  const border = hops[boundary.border] ?? (boundary.named ? undefined : hops[0]);
  const spf = results.find(({ method, trusted }) => trusted && method === "spf");
  const domains = (key: string): string[] => [
    ...new Set(of(key).flatMap(({ value }) => readAuthors(value).domains)),
  ];
  return {
    fields,
    body,
    kind: body !== null && /\S/.test(body) ? "message" : "headers",
    untouched: block.untouched,
    ...authors,
    sender: domains("sender"),
    replyTo: domains("reply-to"),
    ...envelopeOf(fields, hops, boundary, results),
    helo: border?.helo ?? spf?.properties.get("helo") ?? null,
    ip: border?.ip ?? addressOf(spf) ?? null,
    hops,
    signatures: of("dkim-signature").map((field) => readSignature(field)),
    results,
    arc: arc.sets,
    isList: isList(fields),
    receiver: boundary.receiver,
    notices,
  };
}

/** Seconds by which clocks may disagree before it is told (rfc-notes §12.1). */
const SKEW_MAX = 300;

type Note = (kind: Notice["kind"], line: number | null, text?: string) => void;

function resultsOf(
  fields: readonly Field[],
  hops: readonly Hop[],
  boundary: Boundary,
  note: Note,
): AuthResult[] {
  const placed: Placed[] = [];
  let left = RESULTS_MAX;
  for (const [index, field] of fields.entries()) {
    if (!holdsResults(field)) continue;
    const said = readResults(field, left + 1);
    if (said.results.length > left) note("many-results", field.line);
    // Where the text ends, the last result may be half of one.
    const whole = field.cut ? said.results.slice(0, -1) : said.results;
    placed.push({ field, index, said: { by: said.by, results: whole.slice(0, left) } });
    left -= Math.min(left, whole.length);
  }
  const trusted = believed(fields, placed, hops, boundary);
  return placed.flatMap(({ field, said }) => {
    const isTrusted = trusted.has(field);
    return said.results.map((result) => ({
      ...result,
      by: result.by ?? (isTrusted ? boundary.receiver : null),
      trusted: isTrusted,
    }));
  });
}

/** The client's address as Microsoft and Google tell it beside a result. */
function addressOf(spf: AuthResult | undefined): string | undefined {
  if (spf === undefined) return undefined;
  const told =
    spf.properties.get("client-ip") ?? /sender IP is ([\da-f.:]{2,45})/i.exec(spf.reason ?? "")?.[1];
  const read = told === undefined ? null : parseAddress(told);
  return read?.ok === true ? read.address.text : undefined;
}

function authorsOf(from: readonly Field[], note: Note): Pick<Message, "from" | "fromFields"> {
  const domains = new Set<string>();
  for (const { value, line } of from) {
    const authors = readAuthors(value);
    if (authors.comments) note("author-comment", line);
    if (authors.domains.length === 0) note("no-author", line);
    if (authors.domains.length > 1) note("several-authors", line);
    for (const domain of authors.domains) domains.add(domain);
  }
  if (from.length > 1) note("several-from", from[1]!.line);
  return { from: [...domains], fromFields: from.length };
}

/**
 * The envelope sender: the receiver's Return-Path, what its results name, its Received line; last a Return-Path further down,
 * which is a claim.
 */
function envelopeOf(
  fields: readonly Field[],
  hops: readonly Hop[],
  { border }: Boundary,
  results: readonly AuthResult[],
): Pick<Message, "envelope" | "envelopeTrusted"> {
  const received = fields.flatMap(({ key }, index) => (key === "received" ? [index] : []));
  const paths = fields.flatMap(({ key, value }, index) =>
    key === "return-path" ? [{ index, path: readPath(value) }] : [],
  );
  const authored = fields.findIndex(({ key }) => isAuthored(key));
  const above = Math.min(received[border] ?? -1, authored < 0 ? fields.length : authored);
  const own = paths.find(({ index, path }) => index < above && path !== null)?.path ?? null;
  if (own !== null) return { envelope: own, envelopeTrusted: true };
  for (const { trusted, method, properties } of results) {
    if (!trusted || method !== "spf") continue;
    const told =
      properties.get("smtp.mailfrom") ?? properties.get("smtp.mail") ?? properties.get("envelope-from");
    const address = told === undefined ? null : told.replace(/^<|>$/g, "");
    if (address !== null && domainOf(address) !== null) return { envelope: address, envelopeTrusted: true };
  }
  const said = hops[border]?.envelope ?? null;
  if (said !== null) return { envelope: said, envelopeTrusted: true };
  return { envelope: paths.find(({ path }) => path !== null)?.path ?? null, envelopeTrusted: false };
}

/** Fields that only a list writes. */
const LIST = /^(?:list-post|mailing-list|x-mailing-list|x-mailman-version|x-beenthere|list-archive)$/;
/** What campaigns write beside a List-Id: theirs is no mailing list. */
const CAMPAIGN = /^(?:list-unsubscribe-post|feedback-id|x-campaign.*|x-csa-complaints)$/;

function isList(fields: readonly Field[]): boolean {
  const has = (name: RegExp): boolean => fields.some(({ key }) => name.test(key));
  if (has(LIST)) return true;
  if (fields.some(({ key, value }) => key === "precedence" && /^list$/i.test(value))) return true;
  return has(/^list-id$/) && !has(CAMPAIGN);
}
