/** The few words that only Teams needs. */
import { code, plural, say } from "../../src/text/say.ts";
import type { Action, Doc } from "../../src/view/doc.ts";
import { lineOf, strong } from "../../src/view/line.ts";
import type { Found } from "./found.ts";

export const NOTES = {
  notTaken: lineOf(say`Teams did not take the answer where it was asked, so here it is.`),
  notAlone: lineOf(
    say`You asked this where others read too. Teams could not show it there to you alone, so here it is.`,
  ),
} as const;

export const WORDS = {
  title: "Waxseal",
  later: "It takes a little longer: the answer follows in the chat.",
  laterAlone: "It takes a little longer: the answer follows in our personal chat.",
  laterTargeted: "It takes a little longer: the answer follows here, for you alone.",
  shared: "The answer follows in the conversation, for everyone there.",
  again: "Ask again",
  search: "Type a domain, such as example.com.",
  searchLater: "It takes a little longer: ask again, or ask the bot in a chat.",
} as const;

/** Instead of an answer that never was: the program was stopped while it worked on it. `isPasted`: what came with it was kept nowhere. */
export function interruptedPage(
  line: string,
  fields: Readonly<Record<string, string>>,
  isPasted: boolean,
): Doc {
  const values = Object.entries(fields).map(([name, value]) => ({ name, label: name, value }));
  const form = values.length === 0 ? {} : { fields: values };
  return {
    line,
    state: "unknown",
    title: [strong(line)],
    headline: isPasted
      ? lineOf(
          say`This was interrupted before there was an answer, and the pasted text was not kept: paste it again.`,
        )
      : lineOf(say`This was interrupted before there was an answer: ask again.`),
    lead: [],
    sections: [],
    actions: [{ label: WORDS.again, line, primary: true, ...form }],
  };
}

/** A page about a message in which nothing failed, with the buttons for what stands in the message. */
export function withFound(page: Doc, found: Found): Doc {
  const { lead, actions } = foundPage(found);
  if (lead.length === 0) return page;
  return { ...page, lead: [...page.lead, ...lead], actions: [...actions, ...page.actions] };
}

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
