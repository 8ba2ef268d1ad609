/** What is to be said about the record at `_mta-sts`. */
import type { Report } from "../../finding.ts";
import type { StsRecordReading } from "../../mta-sts/record.ts";
import type { Name } from "../../ports.ts";
import { readable } from "../../text/octets.ts";
import { withReadable } from "./readable.ts";
import type { MTA_STS_TEXTS } from "./texts.ts";

type Emit = Report<typeof MTA_STS_TEXTS>;

/** Records shown where a name has several. Source: as for SPF (suites/bad-inputs SPF-076). */
const RECORDS_SHOWN = 5;

const REPORTERS: {
  [K in StsRecordReading["kind"]]: (
    reading: Extract<StsRecordReading, { kind: K }>,
    domain: Name,
    report: Emit,
  ) => void;
} = {
  none({ near }, domain, report) {
    if (near !== null) report("mta-sts.near-miss", domain, { domain, text: readable(near) });
  },
  several({ texts }, domain, report) {
    const records = texts.slice(0, RECORDS_SHOWN).map(readable);
    report("mta-sts.several", domain, { domain, count: texts.length, records });
  },
  invalid({ text, faults }, domain, report) {
    const shown = readable(text);
    const id = faults.find((fault) => fault.kind === "id");
    // One error ends the reading for senders, so the first of a kind says enough.
    const other = faults.find((fault) => fault.kind !== "id");
    if (id !== undefined) report("mta-sts.id", domain, { text: shown, id: readable(id.value), why: id.why });
    if (other !== undefined) report("mta-sts.syntax", domain, { text: shown, fault: withReadable(other) });
  },
  record({ record }, domain, report) {
    const [field] = record.repeated;
    if (field !== undefined)
      report("mta-sts.record-repeated", domain, { text: readable(record.text), field });
  },
};

/** Reports what is wrong with a record; nothing of one that is plain. */
export function reportRecord(reading: StsRecordReading, domain: Name, report: Emit): void {
  // The key is the kind; the compiler cannot see that they belong together.
  (REPORTERS[reading.kind] as (reading: StsRecordReading, domain: Name, report: Emit) => void)(
    reading,
    domain,
    report,
  );
}
