/** A small reader of zone files (RFC 1035 §5): absolute names, one record a line. Written apart from the writer it checks. */

export interface ZoneLine {
  /** Labels as octets. */
  host: string[];
  ttl: number;
  type: string;
  /** The character-strings of quotes, or the words of the data; escapes undone. */
  data: string[];
  comment: string;
}

interface Word {
  octets: string;
  /** Offsets of the dots that were not escaped. */
  dots: number[];
  quoted: boolean;
}

/** Reads an escape at `at` (behind the backslash); three digits are in `radix`. */
export function readEscape(text: string, at: number, radix: 8 | 10): { octet: string; next: number } {
  const digits = text.slice(at, at + 3);
  if (/^\d{3}$/.test(digits)) {
    const code = Number.parseInt(digits, radix);
    if (!(code <= 0xff)) throw new Error(`escape out of range: \\${digits}`);
    return { octet: String.fromCharCode(code), next: at + 3 };
  }
  if (at >= text.length || /\d/.test(text[at]!)) throw new Error("bad escape");
  return { octet: text[at]!, next: at + 1 };
}

/** Cuts a line into words and its comment. */
export function wordsOf(line: string, radix: 8 | 10 = 10): { words: Word[]; comment: string } {
  const words: Word[] = [];
  let word: Word | null = null;
  let isQuoted = false;
  for (let at = 0; at < line.length;) {
    const char = line[at]!;
    if (/[^\x20-\x7e\t]/.test(char)) throw new Error("not ASCII");
    if (!isQuoted && char === ";") return { words, comment: line.slice(at + 1).trim() };
    at += 1;
    if (char === '"') {
      if (isQuoted) word = null;
      else words.push((word = { octets: "", dots: [], quoted: true }));
      isQuoted = !isQuoted;
    } else if (!isQuoted && (char === " " || char === "\t")) word = null;
    else {
      if (!isQuoted && /[()@$]/.test(char)) throw new Error(`special character ${char}`);
      if (word === null) words.push((word = { octets: "", dots: [], quoted: false }));
      if (char === "\\") {
        const { octet, next } = readEscape(line, at, radix);
        word.octets += octet;
        at = next;
      } else {
        if (char === ".") word.dots.push(word.octets.length);
        word.octets += char;
      }
    }
  }
  if (isQuoted) throw new Error("open quote");
  return { words, comment: "" };
}

/** The labels of an absolute name. */
export function nameOf({ octets, dots, quoted }: Word): string[] {
  if (quoted || dots.at(-1) !== octets.length - 1) throw new Error(`relative name ${octets}`);
  return dots.map((dot, index) => octets.slice(index === 0 ? 0 : dots[index - 1]! + 1, dot));
}

/** All records of a zone file; comment lines are left out. */
export function readZoneFile(text: string): ZoneLine[] {
  return text.split("\n").flatMap((line) => {
    const { words, comment } = wordsOf(line);
    if (words.length === 0) return [];
    const [host, ttl, net, type, ...data] = words;
    if (net?.octets !== "IN") throw new Error(`no class in ${line}`);
    if (type!.octets === "TXT" && !data.every(({ quoted, octets }) => quoted && octets.length <= 255))
      throw new Error("not character-strings");
    return [
      {
        host: nameOf(host!),
        ttl: Number(ttl!.octets),
        type: type!.octets,
        data: ["CNAME", "NS", "MX"].includes(type!.octets)
          ? [...data.slice(0, -1).map(({ octets }) => octets), nameOf(data.at(-1)!).join(".")]
          : data.map(({ octets }) => octets),
        comment,
      },
    ];
  });
}
