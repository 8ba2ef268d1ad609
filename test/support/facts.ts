/** The facts of a provider of whom nothing is known, as a data file would have them. */
export const NO_FACTS = {
  dkim: { kind: null, supported: null },
  dmarc: { viaDkim: { aligned: "unknown" }, viaSpf: { aligned: "unknown" } },
  mx: {},
  selfService: null,
  spf: { customReturnPath: { possible: "unknown" }, needed: "unknown", supported: null },
} as const;
