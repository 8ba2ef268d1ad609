/** Names a Host header can carry: against DNS rebinding the page answers only to those it knows. */

/** The name or address of a Host header in lower case, an IPv6 address without brackets; null where it has neither. */
export function nameOfHost(host: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/.exec((host ?? "").toLowerCase());
  return match === null ? null : (match[1] ?? match[2]!);
}

/** True for `localhost`, `::1` and 127.0.0.0/8 written as four numbers. RFC 6761 §6.3, RFC 1122 §3.2.1.3. */
export function isLoopbackName(name: string): boolean {
  if (name === "localhost" || name === "::1") return true;
  const octets = name.split(".");
  return (
    octets.length === 4 &&
    octets[0] === "127" &&
    octets.every((each) => /^\d{1,3}$/.test(each) && Number(each) < 256)
  );
}
