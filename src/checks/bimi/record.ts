/** What is to be said about an assertion record. */
import type { BimiRecordReading } from "../../bimi/record.ts";
import type { Report } from "../../finding.ts";
import type { Name } from "../../ports.ts";
import { readable } from "../../text/octets.ts";
import type { Found } from "./index.ts";
import { RECORDS_SHOWN } from "./limits.ts";
import type { BIMI_TEXTS } from "./texts.ts";

type Emit = Report<typeof BIMI_TEXTS>;

const REPORTERS: {
  [K in BimiRecordReading["kind"]]: (
    reading: Extract<BimiRecordReading, { kind: K }>,
    found: Found,
    domain: Name,
    report: Emit,
  ) => void;
} = {
  none({ near }, { name, names }, domain, report) {
    if (near === null) report("bimi.missing", domain, { domain, names: [...names] });
    else report("bimi.near-miss", name, { name, text: readable(near) });
  },
  several({ texts }, { name }, _domain, report) {
    const records = texts.slice(0, RECORDS_SHOWN).map(readable);
    report("bimi.several", name, { name, count: texts.length, records });
  },
  invalid({ text, faults: [fault] }, { name }, _domain, report) {
    // One error ends the reading for receivers.
    if (fault === undefined) return;
    // A piece alone may have octets beyond ASCII; every other fault is told of a value without.
    const told = fault.kind === "piece" ? { ...fault, text: readable(fault.text) } : fault;
    report("bimi.syntax", name, { name, text: readable(text), fault: told });
  },
  declined({ prefixes }, { name }, _domain, report) {
    report("bimi.declined", name, { name, some: prefixes !== null });
  },
  record({ record }, { name }, _domain, report) {
    for (const notice of record.notices)
      if (notice.kind !== "unknown-tag") report("bimi.oddity", notice.value, { name, notice });
  },
};

/** Reports what is to be said about a record, and where it was found. */
export function reportRecord(reading: BimiRecordReading, found: Found, domain: Name, report: Emit): void {
  // The key is the kind; the compiler cannot see that they belong together.
  const tell = REPORTERS[reading.kind] as (
    reading: BimiRecordReading,
    found: Found,
    domain: Name,
    report: Emit,
  ) => void;
  tell(reading, found, domain, report);
  if (found.owner !== domain && reading.kind !== "none")
    report("bimi.inherited", domain, { domain, from: found.owner });
}
