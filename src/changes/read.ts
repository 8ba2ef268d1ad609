/** What of each check's data is a fact. What could not be checked is none: null, or left open. */
import type { DataOf } from "../checks/index.ts";
import type { Finding } from "../finding.ts";
import { hashOf, itemsOf, KEPT, type Item, type KeptCheck, type Reading, type Width } from "./facts.ts";

type Findings = readonly Pick<Finding, "id" | "severity">[];

/** What ran: a check's data with the findings it reported. */
export type Ran = { [N in KeptCheck]?: { data: DataOf<N>; findings: Findings } };

/** Hosts that the MX check looks at; more are not all known. Source: src/mx/limits.ts. */
const MX_SHOWN = 20;

/** Null where the check could not be made. */
const READERS: { [N in KeptCheck]: (data: DataOf<N>, findings: Findings, width: Width) => Reading | null } = {
  spf({ status, record, records, recordCount, assumed, lookups, partial, terms, told }) {
    if (assumed || told === null) return null;
    const text = recordCount > 1 ? records.join(" | ") : record;
    const items = [
      ...itemsOf("spf-record", text),
      ...terms.flatMap(({ text: term }) => itemsOf("spf-term", "", term)),
    ];
    if (partial || status === "temperror") return { items, open: ["spf-status", "spf-lookups"] };
    const figures = [...itemsOf("spf-status", status), ...itemsOf("spf-lookups", lookups)];
    return { items: [...items, ...figures] };
  },

  dkim({ selectors, asked }, _findings, width) {
    if (!asked) return null;
    const items = selectors.flatMap(({ selector, status, record }): Item[] =>
      status === "unknown"
        ? []
        : itemsOf("dkim-key", record === null ? status : `${status} ${hashOf(record)}`, selector),
    );
    return { items, width };
  },

  dmarc({ unknown, policy, record, destinations }) {
    if (unknown) return null;
    const reports = destinations.filter(({ tag }) => tag === "rua");
    return {
      items: [
        ...itemsOf("dmarc-policy", policy),
        ...itemsOf("dmarc-record", record),
        ...reports.flatMap(({ address }) => itemsOf("dmarc-report", "", address)),
      ],
    };
  },

  mx({ kind, hosts }) {
    if (kind === "unknown" || hosts.length >= MX_SHOWN) return null;
    const records = kind === "hosts" ? hosts : [];
    return {
      items: [
        ...itemsOf("mx-kind", kind),
        ...records.flatMap(({ host, preference }) => itemsOf("mx-host", preference, host)),
      ],
    };
  },

  "mta-sts"({ status, record, id }) {
    if (status === "unknown" && record === null) return null;
    const mode = status === "absent" || status === "unknown" ? null : status;
    return {
      items: [...itemsOf("mta-sts-mode", mode), ...itemsOf("mta-sts-id", id)],
      open: status === "unknown" ? ["mta-sts-mode"] : [],
    };
  },

  "tls-rpt"({ record }, findings) {
    const isUnknown = findings.some(({ severity }) => severity === "unknown");
    return isUnknown ? null : { items: itemsOf("tls-rpt-record", record) };
  },

  bimi({ status, record }) {
    if (status === "unknown" && record === null) return null;
    return { items: itemsOf("bimi-record", record) };
  },

  dnssec({ zone, signed }, findings) {
    if (zone === null || signed === null) return null;
    const broken = findings.some(({ id }) => id === "dnssec.broken" || id === "dnssec.no-matching-key");
    const state = broken ? "broken" : signed ? "signed" : "unsigned";
    return { items: itemsOf("dnssec-state", state) };
  },

  ns({ zone, servers, count }) {
    if (zone === null || count === null || count > servers.length) return null;
    return { items: servers.flatMap(({ name }) => itemsOf("ns-server", "", name)) };
  },
};

/** The facts of each check that ran and could be checked, in the order of `KEPT`. */
export function readRan(ran: Ran, width: Width): { check: KeptCheck; reading: Reading }[] {
  return KEPT.flatMap((check) => {
    const own = ran[check];
    if (own === undefined) return [];
    // The key is the check's name; the compiler cannot see that data and reader belong together.
    const read = READERS[check] as (data: unknown, findings: Findings, width: Width) => Reading | null;
    const reading = read(own.data, own.findings, width);
    return reading === null ? [] : [{ check, reading }];
  });
}
