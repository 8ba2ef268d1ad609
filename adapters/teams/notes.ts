/** The few words that only Teams needs. */
import { code, plural, say } from "../../src/text/say.ts";
import type { Action, Doc } from "../../src/view/doc.ts";
import { lineOf, strong } from "../../src/view/line.ts";
import type { Found } from "./found.ts";

export const NOTES = {
  notTaken: lineOf(say`Teams did not take the answer where it was asked, so here it is.`),
} as const;

export const WORDS = {
  title: "Waxseal",
  later: "It takes a little longer: the answer follows in the chat.",
  search: "Type a domain, such as example.com.",
  searchLater: "It takes a little longer: ask again, or ask the bot in a chat.",
} as const;

/** What a message that somebody pointed at has for us: its domains and addresses, each with a button. */
export function foundPage({ domains, addresses }: Found): Doc {
  const count = domains.length + addresses.length;
  const [first] = domains;
  const actions: Action[] = [
    ...domains.map((domain) => ({ label: `Check ${domain}`, line: `check ${domain}` })),
    ...(first === undefined
      ? []
      : addresses.map((address) => ({
          label: `May ${address} send?`,
          line: `spf ${first} ${address}`,
        }))),
  ];
  const items = [...domains, ...addresses].map((each) => lineOf(say`${code(each)}`));
  return {
    line: "help",
    state: "info",
    title: [strong("This message")],
    headline:
      count === 0
        ? lineOf(say`There is no domain and no address in this message.`)
        : lineOf(
            say`${domains.length} ${plural(domains.length, "domain")}, ${addresses.length} ${plural(addresses.length, "address", "addresses")} in this message.`,
          ),
    lead: count === 0 ? [] : [{ kind: "list", items }],
    sections: [],
    actions: count === 0 ? [{ label: "Help", line: "help" }] : actions,
  };
}
