/** The checks of `check DOMAIN`, in the order shown: one line a check. */
import { bimiCheck } from "./bimi/index.ts";
import { daneCheck } from "./dane/index.ts";
import { dkimCheck } from "./dkim/index.ts";
import { dmarcCheck } from "./dmarc/index.ts";
import { dnssecCheck } from "./dnssec/index.ts";
import { mtaStsCheck } from "./mta-sts/index.ts";
import { mxCheck } from "./mx/index.ts";
import { nsCheck } from "./ns/index.ts";
import { spfCheck } from "./spf/index.ts";
import { tlsRptCheck } from "./tls-rpt.ts";

export const CHECKS = {
  spf: spfCheck,
  dkim: dkimCheck,
  dmarc: dmarcCheck,
  mx: mxCheck,
  "mta-sts": mtaStsCheck,
  "tls-rpt": tlsRptCheck,
  bimi: bimiCheck,
  dane: daneCheck,
  dnssec: dnssecCheck,
  ns: nsCheck,
} as const;

export type CheckName = keyof typeof CHECKS;
/** What a check's `data` is. */
export type DataOf<N extends CheckName> = Awaited<ReturnType<(typeof CHECKS)[N]["run"]>>;
