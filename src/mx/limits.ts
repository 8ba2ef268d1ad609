/** The numbers of MX, each with its source. */

/** Hosts of one domain that are looked at; the rest is counted. Source: suites/bad-inputs REC-014. */
export const MX_HOSTS_SHOWN = 20;
