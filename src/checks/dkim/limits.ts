/** The numbers of the DKIM check, each with its source. */

/** Selectors tried where none is named; with what is asked beside them about half of the command's budget. Source: ours. */
export const TRIED_MAX = 40;
/** Characters of a record in an answer: more than a 16,384-bit RSA key has. Source: ours; suites/bad-inputs DKIM-031 ("no 60 KB echo"). */
export const RECORD_MAX = 4_096;
/** Records of one name that a finding repeats. Source: suites/bad-inputs SPF-076. */
export const RECORDS_SHOWN = 5;
/** Characters of each of them. Source: ours. */
export const RECORD_SHOWN = 600;
