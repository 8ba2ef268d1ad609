/** Local parts of addresses made unreadable: "john@example.com" is "j…@example.com". */

/** Quoted local parts whole; others as far as an address goes. "%40" is an "@" of links. */
const ADDRESS = /(?:"[^"\n]{1,200}"|[^\s<>@"'`(),;:[\]|]{1,320})(@|%40)(?=[\w[.-])/g;

/** Masks every address in a text; never throws. */
export function maskAddresses(text: string): string {
  return text.replaceAll(ADDRESS, (whole, sign: string) => {
    const [first = ""] = whole.replace(/^"/, "");
    return `${first}…${sign}`;
  });
}

/** Shorter local parts are left where they stand without a domain. */
const NAME_MIN = 3;

/** A local part as a word of its own. */
function wordOf(local: string): RegExp {
  const literal = local.slice(0, 320).replaceAll(/[^\w-]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\w.-])${literal}(?![\w-]|\.\w)`, "gi");
}

/** Masks these very local parts as well, where they stand without their domain ("<john>: unknown user"). */
export function maskNames(text: string, addresses: readonly (string | null)[]): string {
  let masked = maskAddresses(text);
  for (const address of addresses) {
    const local = address?.slice(0, Math.max(address.lastIndexOf("@"), 0)) ?? "";
    // A word of one or two letters would mask half of the text.
    if (local.length >= NAME_MIN) masked = masked.replaceAll(wordOf(local), `${local[0]!}…`);
  }
  return masked;
}
