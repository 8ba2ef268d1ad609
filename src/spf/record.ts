/** Finds the SPF record among a name's TXT records (RFC 7208 §4.4, §4.5), and what was probably meant to be one. */
import type { Answer, Dns, Name, RecordData } from "../ports.ts";
import { joinStrings } from "../text/octets.ts";
import { PARSED_LENGTH_MAX, PARSED_MAX } from "./limits.ts";
import { isSpf, parseSpf } from "./parse.ts";
import type { SpfRecord } from "./term.ts";

export type TextAnswer = Answer<RecordData["TXT"]>;

/** What a name publishes. Texts are one character an octet. */
export type Published =
  | { kind: "record"; record: SpfRecord }
  /** More than one record: permerror (§4.5). */
  | { kind: "several"; texts: readonly string[] }
  /** TXT records exist, none of them is an SPF record. `nearMisses` look like one to a person. */
  | { kind: "no-spf"; nearMisses: readonly string[] }
  | { kind: "none"; why: "nxdomain" | "nodata" }
  | { kind: "failed" };

/** Records by their text, the oldest first: what many domains include is parsed once. */
const parsed = new Map<string, SpfRecord>();

function parseOnce(text: string): SpfRecord {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const record = parseSpf(text);
  if (text.length > PARSED_LENGTH_MAX) return record;
  if (parsed.size >= PARSED_MAX) parsed.delete(parsed.keys().next().value!);
  parsed.set(text, record);
  return record;
}

/** Reads a TXT answer. Records of the same text are the same object; nobody may change one. */
export function readPublished(answer: TextAnswer): Published {
  if (answer.kind === "failed") return { kind: "failed" };
  if (answer.kind === "none") return { kind: "none", why: answer.why };
  const texts = answer.records.map(joinStrings);
  const records = texts.filter(isSpf);
  if (records.length > 1) return { kind: "several", texts: records };
  if (records.length === 1) return { kind: "record", record: parseOnce(records[0]!) };
  return { kind: "no-spf", nearMisses: texts.filter(looksLikeSpf) };
}

/** A version section with something wrong around or behind it: quotes, spaces, a missing space, "v = spf1", "spf1", "v=spf2". */
const NEAR_MISS = /^[^a-z]{0,8}(?:v\W{0,4}=\W{0,4})?spf(?:v?1|2)?(?![a-z\d]*\.)/i;

/** Whether a text that is no SPF record was probably meant to be one. */
function looksLikeSpf(text: string): boolean {
  // "spf2.0/pra" is Sender ID (RFC 4406 §3.1), a record of its own.
  return NEAR_MISS.test(text.slice(0, 64));
}

/** Reads what `name` publishes. */
export async function readSpf(dns: Dns, name: Name): Promise<{ published: Published; answer: TextAnswer }> {
  const answer = await dns.ask({ name, type: "TXT" });
  return { published: readPublished(answer), answer };
}
