/** Refusals and notices of names and addresses that people type. */
import type { Notice, Refusal } from "../refusal.ts";
import { echo } from "../text/foreign.ts";
import { code, say, type Sentence } from "../text/say.ts";

const typed = (text: string): Sentence => code(echo(text), 120);
const LIKE = say`Type a name like ${code("example.com")}.`;

/** Why a text is no domain; a reason without its words does not compile. */
export const DOMAIN_REFUSALS = {
  empty: () => say`A domain is missing. ${LIKE}`,
  "too-long-input": (text: string) =>
    say`That is too long for a name: ${text.length} characters, ${typed(text)}. ${LIKE}`,
  ambiguous: (text: string) => say`${typed(text)} names more than one host. ${LIKE}`,
  "several-at": (text: string) => say`${typed(text)} has more than one @. ${LIKE}`,
  space: (text: string) => say`${typed(text)} has a space or a line break in it. ${LIKE}`,
  dash: (text: string) => say`${typed(text)} has a long dash in it; did you mean a hyphen? ${LIKE}`,
  character: (text: string) => say`${typed(text)} has a character that no domain name has. ${LIKE}`,
  idn: (text: string) => say`${typed(text)} is no valid internationalised name. ${LIKE}`,
  "empty-label": (text: string) => say`${typed(text)} has nothing between two dots. ${LIKE}`,
  "label-too-long": (text: string) => say`${typed(text)} has a part of more than 63 octets. ${LIKE}`,
  "too-long": (text: string) => say`${typed(text)} is longer than 253 octets. ${LIKE}`,
  hyphen: (text: string) => say`${typed(text)} has a part that begins or ends with a hyphen. ${LIKE}`,
  "numeric-tld": (text: string) => say`${typed(text)} ends in a number, which no domain does. ${LIKE}`,
  "single-label": (text: string) => say`${typed(text)} has no dot: it is no domain that sends mail. ${LIKE}`,
  "is-ip": (text: string) =>
    say`${typed(text)} is an address, not a domain. Type ${code(`spf example.com 192.0.2.1`)}: the domain first, then the address.`,
  reserved: (text: string) =>
    say`${typed(text)} ends in a name that is reserved for inside use and never asked of DNS. ${LIKE}`,
} satisfies Record<string, (text: string) => Sentence>;

export type DomainRefusal = keyof typeof DOMAIN_REFUSALS;

/** Codes of the refusals; what is wrong with the spelling shares one. */
export const DOMAIN_CODES: Record<DomainRefusal, string> = {
  empty: "input.empty",
  "too-long-input": "input.too-long",
  ambiguous: "domain.invalid",
  "several-at": "domain.invalid",
  space: "domain.invalid",
  dash: "domain.invalid",
  character: "domain.invalid",
  idn: "domain.idn-invalid",
  "empty-label": "domain.empty-label",
  "label-too-long": "domain.label-too-long",
  "too-long": "domain.too-long",
  hyphen: "domain.invalid",
  "numeric-tld": "domain.invalid",
  "single-label": "domain.single-label",
  "is-ip": "domain.is-ip",
  reserved: "domain.reserved",
};

export const NOTICES = {
  url: (name: string): Notice => notice("domain.from-url", say`Checking ${code(name)}, taken from the URL.`),
  address: (name: string): Notice =>
    notice("domain.from-address", say`Checking ${code(name)}, the domain of the address.`),
  cleaned: (name: string): Notice =>
    notice(
      "domain.cleaned",
      say`Checking ${code(name)}; quotes, marks or punctuation around it are left out.`,
    ),
  invisible: (name: string): Notice =>
    notice("domain.invisible", say`Invisible characters are left out; checking ${code(name)}.`),
  idn: (name: string): Notice => notice("domain.idn", say`In DNS the name is ${code(name, 253)}.`),
  mixed: (name: string): Notice =>
    notice(
      "domain.mixed-script",
      say`The name mixes letters of several scripts that look alike; it is ${code(name, 253)}.`,
    ),
  underscore: (name: string): Notice =>
    notice(
      "domain.underscore",
      say`${code(name)} is the name of a record, not of a host; it is asked as it stands.`,
    ),
  suffix: (name: string): Notice =>
    notice(
      "domain.public-suffix",
      say`${code(name)} is a public suffix: names below it belong to different owners.`,
    ),
  mapped: (address: string): Notice =>
    notice("ip.mapped", say`An IPv4 address in IPv6 dress: checked as ${code(address)} (RFC 7208 §5).`),
  embedded: (address: string): Notice =>
    notice(
      "ip.embedded",
      say`${code(address)} holds an IPv4 address, but is checked as the IPv6 address it is.`,
    ),
  brackets: (address: string): Notice => notice("ip.brackets", say`Brackets left out: ${code(address)}.`),
  notPublic: (address: string): Notice =>
    notice("ip.not-public", say`${code(address)} is no public address: no mail from outside comes from it.`),
} as const;

function notice(id: string, message: Sentence): Notice {
  return { code: id, message };
}

const ADDRESS_LIKE = say`Type one IPv4 or IPv6 address, like ${code("192.0.2.1")} or ${code("2001:db8::1")}.`;

export const IP_REFUSALS = {
  empty: (): Refusal => ({ code: "input.empty", message: say`An address is missing. ${ADDRESS_LIKE}` }),
  tooLong: (text: string): Refusal => ({
    code: "input.too-long",
    message: say`That is too long for an address: ${typed(text)}. ${ADDRESS_LIKE}`,
  }),
  range: (text: string): Refusal => ({
    code: "ip.range",
    message: say`${typed(text)} is a range; one address is checked, not a range. ${ADDRESS_LIKE}`,
  }),
  ambiguous: (text: string): Refusal => ({
    code: "ip.ambiguous",
    message: say`${typed(text)} is read as different addresses by different programs. Write four decimal numbers without leading zeros, like ${code("192.0.2.1")}.`,
  }),
  reverse: (text: string, address: string): Refusal => ({
    code: "ip.invalid",
    message: say`${typed(text)} is a reverse name. Type the address itself: ${code(address)}.`,
  }),
  port: (text: string, address: string): Refusal => ({
    code: "ip.invalid",
    message: say`${typed(text)} has a port. Type the address alone: ${code(address)}.`,
  }),
  invalid: (text: string): Refusal => ({
    code: "ip.invalid",
    message: say`${typed(text)} is no address. ${ADDRESS_LIKE}`,
  }),
} as const;

export const SENDER_REFUSALS = {
  invalid: (text: string): Refusal => ({
    code: "from.invalid",
    message: say`${typed(text)} is no envelope sender. Type one like ${code("user@example.com")}, or ${code("<>")} for a bounce.`,
  }),
  helo: (text: string): Refusal => ({
    code: "helo.invalid",
    message: say`${typed(text)} is no HELO name. Type one like ${code("mail.example.com")}.`,
  }),
} as const;
