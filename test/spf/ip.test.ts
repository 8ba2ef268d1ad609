/** Networks compared, measured and named. */
import { expect, test } from "vitest";
import {
  covers,
  distance,
  formatNetwork,
  lastOf,
  readAddress,
  readIp6,
  reservedUse,
  sharedBits,
} from "../../src/spf/ip.ts";
import type { Network } from "../../src/spf/term.ts";

const network = (text: string): Network => {
  const [address = "", prefix] = text.split("/");
  const read = readAddress(address)!;
  return { ...read, prefix: prefix === undefined ? read.octets.length * 8 : Number(prefix) };
};
const octets = (text: string) => readAddress(text)!.octets;

test.each([
  ["192.0.2.77/24", "192.0.2.0/24", "192.0.2.255"],
  ["192.0.2.77", "192.0.2.77", "192.0.2.77"],
  ["192.0.2.77/27", "192.0.2.64/27", "192.0.2.95"],
  ["2001:db8::77/120", "2001:db8::/120", "2001:db8::ff"],
  ["0.0.0.0/0", "0.0.0.0/0", "255.255.255.255"],
])("%s is %s up to %s", (text, shown, last) => {
  expect([
    formatNetwork(network(text)),
    formatNetwork({ ...network(text), octets: lastOf(network(text)), prefix: 8 * octets(last).length }),
  ]).toEqual([shown, last]);
});

test.each([
  ["192.0.2.0/24", "192.0.2.7", 0n],
  ["192.0.2.0/24", "192.0.3.1", 2n],
  ["192.0.2.0/24", "192.0.1.255", 1n],
  ["2001:db8::/64", "2001:db8:0:1::", 1n],
])("%s is as far from %s as %s addresses", (of, address, told) => {
  expect(distance(network(of), octets(address))).toBe(told);
});

test.each([
  ["192.0.2.1", "192.0.2.1", 32],
  ["192.0.2.1", "192.0.2.0", 31],
  ["0.0.0.0", "128.0.0.0", 0],
  ["2001:db8::", "2001:db9::", 31],
])("%s and %s share %i bits", (a, b, told) => {
  expect(sharedBits(octets(a), octets(b))).toBe(told);
});

test.each([
  ["192.0.2.0/24", "192.0.2.0/25", true],
  ["192.0.2.0/25", "192.0.2.0/24", false],
  ["192.0.2.0/24", "192.0.3.0/25", false],
  ["::/0", "192.0.2.0/25", false],
])("%s covers %s: %s", (outer, inner, told) => {
  expect(covers(network(outer), network(inner))).toBe(told);
});

test.each([
  ["10.0.0.0/8", "RFC 1918 §3"],
  ["10.0.0.0/7", null],
  ["8.8.8.8", null],
  ["::1", "RFC 4291 §2.5.3"],
  ["::ffff:8.8.8.8", "RFC 4291 §2.5.5.2"],
])("%s is reserved by %s", (text, ref) => {
  expect(reservedUse(network(text))?.ref ?? null).toBe(ref);
});

test("an IPv4-compatible address stays IPv6 (RFC 4291 §2.5.5.1)", () => {
  expect(readIp6("::192.0.2.1")).toEqual(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1]));
});
