/** What every SPF test needs: addresses, queries, and numbers for a long or a short run. */
import { formatAddress, type Address } from "../../src/address.ts";
import type { Query } from "../../src/spf/evaluate.ts";
import { readAddress } from "../../src/spf/ip.ts";
import { presentName } from "./rfc7208.ts";

/** Everything with LONG=1, a tenth without. */
export const LONG = process.env["LONG"] === "1";

/** An address as the evaluator takes it; IPv4-mapped ones are IPv4 clients (RFC 7208 §5). */
export function addressOf(text: string): Address {
  const read = readAddress(text);
  if (read === null) throw new TypeError(`not an address: ${text}`);
  const { family, octets } = read;
  const mapped =
    family === 6 &&
    formatAddress(octets).startsWith("::ffff:") &&
    octets.slice(0, 10).every((octet) => octet === 0);
  const address = mapped ? { family: 4 as const, octets: octets.slice(12) } : { family, octets };
  return { ...address, text: formatAddress(address.octets) };
}

/** The query of an envelope; an empty reverse-path asks for the HELO name (§2.4). */
export function queryOf(client: string, mailfrom: string, helo: string): Query {
  const sender = mailfrom === "" ? `postmaster@${helo}` : mailfrom;
  const at = sender.lastIndexOf("@");
  const domain = sender.slice(at + 1);
  const local = at < 0 ? "" : sender.slice(0, at);
  return { address: addressOf(client), domain: presentName(domain), sender: { local, domain }, helo };
}

/** The check of suites/realworld: sender postmaster@DOMAIN, HELO mail.DOMAIN. */
export function postmasterQuery(client: string, domain: string): Query {
  return queryOf(client, `postmaster@${domain}`, `mail.${domain}`);
}
