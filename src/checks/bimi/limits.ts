/** The numbers of the BIMI check, each with its source. */

/** Milliseconds before its end at which a certificate is worth a word: 30 days. A new one takes weeks. Source: ours. */
export const EXPIRES_SOON = 30 * 86_400_000;
/** Records shown where a name has several (as for SPF, suites/bad-inputs SPF-076). */
export const RECORDS_SHOWN = 5;
/** Issues of an indicator that become findings. Source: ours. */
export const ISSUES_TOLD = 8;
/** Names of a certificate that are shown. Source: ours. */
export const NAMES_SHOWN = 20;
