/** What the summary of a domain goes by: the few facts of SPF, DKIM, DMARC and MX that decide it. */

export type PolicyValue = "none" | "quarantine" | "reject";

export interface SpfFacts {
  status: "valid" | "none" | "permerror" | "temperror";
  record: string | null;
  /** The terms as published. */
  terms: readonly { text: string }[];
  networks: readonly { network: string }[];
  networkCount: number;
}

export interface DkimFacts {
  asked: boolean;
  selectors: readonly { selector: string; status: string; provider: string | null }[];
}

export interface DmarcFacts {
  /** What applies, t=y counted in; null where DMARC does not apply. */
  policy: PolicyValue | null;
  testing: boolean;
  exists: "yes" | "no" | "unknown";
}

export interface MxFacts {
  kind: "hosts" | "null" | "implicit" | "none" | "unknown";
}

export interface Facts {
  spf: SpfFacts;
  dkim: DkimFacts;
  dmarc: DmarcFacts;
  mx: MxFacts;
  /** Ids of all findings; what could not be checked is among them. */
  findings: ReadonlySet<string>;
  /** Checks of which something could not be checked. */
  open: ReadonlySet<string>;
}
