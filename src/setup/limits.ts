/** The numbers of the guided set-ups, each with its source. */

/** Characters of one answer; a longer one is refused before any pattern is tried (setup-flows, `template.length`). */
export const ANSWER_MAX = 2_000;
/** Domains that share one conversation. Source: ours; each has its own list of records on a page. */
export const DOMAINS_MAX = 50;
/** Lines of a session's log that are kept, the newest. Source: ours. */
export const LOG_MAX = 200;
/** Characters of a tenant label: `selector1-` before it must fit a label of 63 (RFC 1035 §2.3.4). */
export const TENANT_LABEL_MAX = 53;
/** Selectors of a provider for which a conversation made from its facts asks. Source: ours; no provider of the facts publishes more at once. */
export const GENERIC_SELECTORS_MAX = 3;
/** Seconds that a published record should live, where a flow says nothing else (setup-flows, `ttl`). */
export const RECORD_TTL = 3_600;
