/** The domains and addresses in a message that somebody pointed at. Pure. */
import type { PointedAt } from "./inbound.ts";
import { FOUND_MAX, SEARCHED_MAX } from "./rim-limits.ts";

export interface Found {
  /** In lower case, in order, each once; at most FOUND_MAX. */
  domains: readonly string[];
  addresses: readonly string[];
}

/** What cannot be part of a name, an address of the net or one of mail. */
const BETWEEN = /[^\w.:@-]+/;
const DOMAIN = /^(?:[a-z\d_](?:[\w-]{0,61}\w)?\.){1,20}[a-z][a-z\d-]{0,61}[a-z\d]$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^(?=.{2,39}$)[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}$/;
/** Ends of file names that no top-level domain of mail has. */
const FILES: ReadonlySet<string> = new Set([
  "eml",
  "msg",
  "txt",
  "pdf",
  "png",
  "jpg",
  "gif",
  "html",
  "htm",
  "docx",
  "xlsx",
  "csv",
  "php",
  "js",
  "json",
  "xml",
]);

function wordsOf(text: string): string[] {
  return text
    .slice(0, SEARCHED_MAX)
    .toLowerCase()
    .split(BETWEEN)
    .map((word) => word.replace(/^[.:-]{1,10}/, "").replace(/[.:-]{1,10}$/, ""));
}

/** "https:", a port and what stands before "@" are left out. */
function nameIn(word: string): string {
  const name = word.slice(word.lastIndexOf("@") + 1);
  return name.replace(/:\d{1,5}$/, "");
}

function isDomain(name: string): boolean {
  return name.length <= 253 && DOMAIN.test(name) && !FILES.has(name.slice(name.lastIndexOf(".") + 1));
}

/** What is in the text as it was read; nothing of its links' hidden addresses. */
export function foundIn({ text }: Pick<PointedAt, "text">): Found {
  const words = wordsOf(text);
  const addresses = words.map((word) => (IPV6.test(word) ? word : word.replace(/:\d{1,5}$/, "")));
  const firstOf = (all: readonly string[]): string[] => [...new Set(all)].slice(0, FOUND_MAX);
  return {
    domains: firstOf(words.map(nameIn).filter(isDomain)),
    addresses: firstOf(
      addresses.filter((word) => IPV4.test(word) || (IPV6.test(word) && /[\da-f]/.test(word))),
    ),
  };
}
