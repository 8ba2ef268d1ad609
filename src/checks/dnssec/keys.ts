/** Key tags: which DNSKEY a DS record speaks of. */
import type { RecordData } from "../../ports.ts";

type Ds = RecordData["DS"];
type Dnskey = RecordData["DNSKEY"];

/** RFC 4034 §2.1.1: bit 7 of the flags, the Zone Key flag. */
const ZONE_KEY = 0x0100;
/** RFC 8624 §3.1 RSAMD5, whose tag is made otherwise (RFC 4034 Appendix B.1) and which nobody validates. */
const RSAMD5 = 1;

/** The key tag of a DNSKEY, 0 to 65535 (RFC 4034 Appendix B); null for RSAMD5. */
export function keyTag({ flags, protocol, algorithm, key }: Dnskey): number | null {
  if (algorithm === RSAMD5) return null;
  const rdata = [flags >> 8, flags & 0xff, protocol, algorithm, ...key];
  let sum = 0;
  for (const [index, octet] of rdata.entries()) sum += index % 2 === 0 ? octet << 8 : octet;
  return (sum + (sum >> 16)) & 0xffff;
}

/** Whether a DS record speaks of one of the keys, by tag and algorithm; the digest is the validator's business (RFC 4035 §5.2). */
export function someMatch(dsRecords: readonly Ds[], keys: readonly Dnskey[]): boolean {
  return dsRecords.some((ds) =>
    keys.some((key) => {
      const tag = keyTag(key);
      return (
        (key.flags & ZONE_KEY) !== 0 && key.algorithm === ds.algorithm && (tag === null || tag === ds.keyTag)
      );
    }),
  );
}
