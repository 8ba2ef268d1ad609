/** Octets of a record as Latin-1 text (one character an octet, offsets kept), and back. */

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Joins the character-strings of a TXT record without a separator (RFC 7208 §3.3), one character an octet. */
export function joinStrings(strings: readonly Uint8Array[]): string {
  if (strings.length === 1) return latin1(strings[0]!);
  let text = "";
  for (const string of strings) text += latin1(string);
  return text;
}

export function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("latin1");
}

/** Latin-1 text as the octets it stands for. */
export function octetsOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** Latin-1 text as a person would read it: its octets as UTF-8 where they are UTF-8. */
export function readable(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  try {
    return utf8.decode(octetsOf(text));
  } catch {
    return text;
  }
}
