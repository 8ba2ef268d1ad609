/** Findings about where reports go. */
import type { Destination, DestinationVerdict } from "../../dmarc/destinations.ts";
import { queryName, walkNames } from "../../dmarc/discover.ts";
import type { FailureReason, Name } from "../../ports.ts";
import { readable } from "../../text/octets.ts";
import type { Reading } from "./look.ts";
import type { Emit } from "./report-record.ts";
import type { DestinationEvidence } from "./texts-reports.ts";

/** One host, with what its verdict is told by. */
interface Host {
  evidence: DestinationEvidence;
  why: FailureReason | null;
  emit: Emit;
}

/** Reports each host once, and how many were not looked at. */
export function reportDestinations(reading: Reading, emit: Emit): void {
  const { destinations, discovery } = reading;
  const { policyDomain } = discovery;
  if (policyDomain === null) return;
  const hosts = new Map<Name, Destination[]>();
  for (const each of destinations) {
    const { host } = each;
    if (host !== null) hosts.set(host, [...(hosts.get(host) ?? []), each]);
  }
  for (const [host, same] of hosts) {
    const [first] = same;
    if (first === undefined) continue;
    const evidence = {
      tags: [...new Set(same.map(({ tag }) => tag))],
      host,
      addresses: [...new Set(same.map(addressOf))],
      policyDomain,
      asked: first.asked ?? "",
    };
    VERDICTS[first.verdict]({ evidence, why: failureOf(reading, host, first.asked), emit });
    reportOverrides(same, evidence, emit);
  }
  const count = destinations.filter(({ verdict }) => verdict === "not-checked").length;
  const name = queryName(policyDomain);
  if (count > 0) emit("dmarc.destinations-not-checked", name, { count, name });
}

export function addressOf({ uri }: Destination): string {
  return uri.address === null ? readable(uri.text) : `${uri.address.local}@${uri.address.host}`;
}

function failureOf({ asking }: Reading, host: Name, asked: Name | null): FailureReason | null {
  const names = [...(asked === null ? [] : [asked]), ...walkNames(host).map(queryName)];
  return names.map((name) => asking.failure(name)).find((why) => why !== null) ?? null;
}

const VERDICTS: Record<DestinationVerdict, (host: Host) => void> = {
  own: () => undefined,
  authorised: () => undefined,
  // Counted together.
  "not-checked": () => undefined,
  // Told by the problem of its URI.
  unusable: () => undefined,
  "not-authorised": ({ evidence, emit }) => {
    emit("dmarc.destination-not-authorised", evidence.host, evidence);
  },
  "name-too-long": ({ evidence: { tags, host, addresses, policyDomain }, emit }) => {
    emit("dmarc.destination-name-too-long", host, { tags, host, addresses, policyDomain });
  },
  unknown: ({ evidence, why, emit }) => {
    emit("dmarc.destination-unknown", evidence.host, { ...evidence, why });
  },
};

/** RFC 9990 §4 step 9: an authorising record may name another address, at the same host alone. */
function reportOverrides(same: readonly Destination[], evidence: DestinationEvidence, emit: Emit): void {
  const overriding = same.find(
    ({ verdict, authorisation }) => verdict === "authorised" && authorisation?.overrides != null,
  );
  const authorisation = overriding?.authorisation;
  if (authorisation?.overrides == null) return;
  const { uris, sameHost } = authorisation.overrides;
  emit(sameHost ? "dmarc.override" : "dmarc.override-elsewhere", evidence.host, {
    ...evidence,
    found: readable(authorisation.text),
    instead: uris.map(({ text }) => readable(text)),
  });
}
