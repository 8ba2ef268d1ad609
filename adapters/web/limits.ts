/** Numbers of the page's rim, each with its source. */

/** Octets of a question without a file. Source: the page sends one line and a form's fields; a pasted header block fits. */
export const BODY_MAX = 64 * 1024;
/** Octets of a file beside a question, and a little more, so that triage itself says what is too large. Source: MESSAGE_MAX of src/triage. */
export const FILE_MAX = 26_214_400 + 1;
/** Octets of a question with a file. */
export const UPLOAD_MAX = BODY_MAX + FILE_MAX;
/** Octets of all questions with files that are being read: two of the largest. Ours. */
export const UPLOADS_HELD = 2 * UPLOAD_MAX;
/** Time within which a question must be there, in milliseconds. Ours; 25 MiB over a slow line of 4 Mbit/s take 52 s. */
export const BODY_MS = 60_000;
/** After a refusal so many times the limit, for so many milliseconds, is read and thrown away, so that the sender hears why. Ours. */
export const DRAIN_TIMES = 8;
export const DRAIN_MS = 10_000;
