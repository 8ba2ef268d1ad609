/** Who seems to send for a domain, and who is behind a selector: what decides which selectors are worth asking. */
import type { Found, SelectorProvider } from "../../dkim/discover.ts";
import type { Probe } from "../../dkim/probe.ts";
import type { Answer, Dns, Name, RecordData } from "../../ports.ts";
import { matcher } from "../../providers/index.ts";
import type { Match } from "../../providers/match.ts";
import { isSpf, parseSpf } from "../../spf/parse.ts";
import { joinStrings } from "../../text/octets.ts";

/** What the domain's own records say of its senders. */
export interface Senders {
  /** Those whose selectors are known, the best evidence first. */
  providers: SelectorProvider[];
  /** Types of the questions that got no answer: then providers may be missing. */
  failed: ("MX" | "TXT")[];
  /** Both answers say that there is no such name. */
  noDomain: boolean;
}

/** Reads the domain's MX and TXT records side by side. */
export async function readSenders(dns: Dns, domain: Name): Promise<Senders> {
  const [mx, txt] = await Promise.all([
    dns.ask({ name: domain, type: "MX" }),
    dns.ask({ name: domain, type: "TXT" }),
  ]);
  const texts = txt.kind === "records" ? txt.records.map(joinStrings) : [];
  const found = matcher().senders({
    spf: texts.filter(isSpf).flatMap(targetsOf),
    mx: mx.kind === "records" ? mx.records.map(({ exchange }) => exchange) : [],
    txt: texts,
  });
  const failed: Senders["failed"] = [];
  if (mx.kind === "failed") failed.push("MX");
  if (txt.kind === "failed") failed.push("TXT");
  return { providers: found.flatMap(selectorsOf), failed, noDomain: isNoName(mx) && isNoName(txt) };
}

/** A recognition's patterns are regular expressions, not templates: of these no selector can be made. */
function selectorsOf({ id, name }: { id: string; name: string }): SelectorProvider[] {
  const selectors = matcher().byId(id)?.recognition.dkim.selectors ?? [];
  return selectors.length === 0 ? [] : [{ id, name, selectors }];
}

function targetsOf(record: string): string[] {
  return parseSpf(record).terms.flatMap((term) =>
    "target" in term && term.target !== null && term.kind !== "exp" ? [term.target.text] : [],
  );
}

function isNoName(answer: Answer<RecordData["MX" | "TXT"]>): boolean {
  return answer.kind === "none" && answer.why === "nxdomain";
}

/** The provider whose name a CNAME chain meets first: the one the domain's owner knows. */
export function providerOfChain(aliases: readonly Name[]): Match | null {
  return aliases.map((alias) => matcher().cname(alias)).find((match) => match !== null) ?? null;
}

/** Providers whose usual selectors are anybody's words, and whose keys always lie behind a CNAME (src/providers/data, `note`). */
const BY_CNAME_ALONE: ReadonlySet<string> = new Set(["microsoft-365"]);

/** The provider's name: by the chain, or else by the selector where it speaks for one provider alone. */
export function providerOf({ selector, aliases }: Probe, found?: Pick<Found, "provider">): string | null {
  const byChain = providerOfChain(aliases);
  if (byChain !== null) return byChain.name;
  const provider = found?.provider === undefined ? null : matcher().byId(found.provider);
  if (provider === null) return null;
  if (BY_CNAME_ALONE.has(provider.id)) return null;
  const isShared = matcher().selector(selector).length > 1;
  return isShared && provider.recognition.cname.length > 0 ? null : provider.name;
}
