/** The numbers of the DMARC check, each with its source. */

/** DNS messages one run may ask for. Source: suites/bad-inputs, budgets per case (dmarc 30). */
export const MESSAGES_MAX = 30;
/** Records shown of one name. Source: suites/bad-inputs SPF-076. */
export const RECORDS_SHOWN = 5;
/** Report addresses listed; the count is always given. Source: suites/bad-inputs DMARC-039. */
export const DESTINATIONS_SHOWN = 50;
/** Findings of one kind about addresses of one record; the rest says the same. Source: suites/bad-inputs DMARC-039. */
export const SAME_KIND_MAX = 5;
/** Octets of a name without its final dot (RFC 1035 §2.3.4). */
export const NAME_MAX = 253;
