/** Numbers of background work. */

/** Between two looks for work, in milliseconds: a wait is due at most this much late. */
export const ROUND_MS = 5_000;
/** Waits looked at in one round; each is a whole set-up read and verified. */
export const WAITS_AT_ONCE = 4;
/** How long one look may take before others may take it over: the deadline of a command and more. */
export const WAIT_LEASE_MS = 120_000;
/** Between two looks for what expires and what may be forgotten. */
export const HOURLY_MS = 3_600_000;
/** How long before the end people are told that a set-up expires. */
export const TOLD_BEFORE_MS = 3 * 24 * 3_600_000;
/** Set-ups told of in one round. */
export const EXPIRING_AT_ONCE = 50;
/** Sweeps of one round; a store that has more to forget goes on in the next. */
export const SWEEPS_AT_ONCE = 20;
