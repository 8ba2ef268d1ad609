/** An Http that reaches nobody, for tests that fetch nothing. */
import type { Http } from "../../src/ports.ts";

export const NO_HTTP: Http = { get: () => Promise.resolve({ kind: "failed", why: "no-address" }) };
