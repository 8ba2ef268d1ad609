/** The organization that a name belongs to, without a question to DNS. */
import { suffixOrganization } from "../dmarc/legacy.ts";

/**
 * By the public suffix list, as RFC 7489 §3.2 had it: a text is judged before DNS is asked, and the tree walk of RFC 9989 §4.10 takes
 * questions. The replay walks the tree.
 */
export const organizationOf = suffixOrganization;
