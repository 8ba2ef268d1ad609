/** The assertion record at `<selector>._bimi.<domain>` (draft-brand-indicators-for-message-identification, Assertion Record Definition). */
import { parseTags, tagOf, type TagFault, type TagList } from "../text/tags.ts";
import { PREFIX_MAX } from "./limits.ts";

/** Why a URI is not one that receivers fetch. */
export type UriFault = "uri" | "scheme" | "host" | "port" | "credentials" | "comma";

/** What is wrong with a record; receivers "MUST NOT attempt to fix" any of it. */
export type BimiRecordFault =
  | { kind: "piece"; text: string; fault: TagFault }
  | { kind: "repeated"; tag: string }
  /** `near`: a tag that was meant, such as "L". */
  | { kind: "no-location"; near: string | null }
  | { kind: "uri"; tag: "l" | "a"; value: string; why: UriFault }
  /** The indicator is no SVG, by the end of its path. */
  | { kind: "format"; value: string; suffix: string }
  /** Evidence, but no indicator. */
  | { kind: "evidence-alone"; value: string };

/** What is worth a word although receivers use the record. */
export type BimiRecordNotice =
  | { kind: "avatar"; value: string }
  | { kind: "prefix"; value: string }
  | { kind: "unknown-tag"; tag: string };

/** How mail providers that show personal avatars should choose. */
export type Avatar = "brand" | "personal";

export interface BimiRecord {
  text: string;
  /** URL of the indicator. */
  location: string;
  /** URL of the evidence document. */
  evidence: string | null;
  avatar: Avatar;
  /** Prefixes of local parts that choose a selector of their own; null without the tag, empty for every local part. */
  prefixes: readonly string[] | null;
  notices: readonly BimiRecordNotice[];
}

/** What the TXT records of the name come to. Texts are one character an octet, foreign. */
export type BimiRecordReading =
  /** None begins as a record; `near` is one that was meant to. */
  | { kind: "none"; near: string | null }
  | { kind: "several"; texts: readonly string[] }
  | { kind: "invalid"; text: string; faults: readonly BimiRecordFault[] }
  /** "l=; a=;": the domain wants no indicator shown. */
  | { kind: "declined"; text: string; prefixes: readonly string[] | null }
  | { kind: "record"; record: BimiRecord };

// bimi-version: case-sensitive and first.
const RECORD = /^[ \t]*v[ \t]*=[ \t]*BIMI1[ \t]*(?:;|$)/;
const NEAR = /^[\s"']*v\s*=\s*"?bimi/i;
const KNOWN: ReadonlySet<string> = new Set(["v", "l", "a", "avp", "lps"]);
const PREFIX = new RegExp(`^[a-z\\d-]{1,${PREFIX_MAX}}$`, "i");
const SUFFIX = /\.([a-z\d]{1,5})$/i;
/** Formats of the draft's registry (Supported Image Formats for l= tag). */
const FORMATS: ReadonlySet<string> = new Set(["svg", "svgz"]);
/** Ends of a path that are image formats of another kind; anything else may yet be an SVG. */
const OTHER_FORMATS: ReadonlySet<string> = new Set(
  "png jpg jpeg gif webp avif bmp ico tif tiff pdf eps ai heic".split(" "),
);
/** A name of at least two labels; a URI "MUST contain a fully qualified domain name". */
const FQDN = /^(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])?\.?$/;

/** Reads the texts of a name's TXT records. Never throws; linear. */
export function readBimiRecord(texts: readonly string[]): BimiRecordReading {
  const found = texts.filter((text) => RECORD.test(text));
  const [text] = found;
  if (text === undefined) return { kind: "none", near: texts.find((each) => NEAR.test(each)) ?? null };
  // Assertion Record Discovery, step 9: several are none.
  return found.length > 1 ? { kind: "several", texts: found } : readOne(text);
}

function readOne(text: string): BimiRecordReading {
  const list = parseTags(text);
  const faults: BimiRecordFault[] = [
    ...list.bad.map(({ fault, text: piece }) => ({ kind: "piece" as const, text: piece, fault })),
    // RFC 6376 §3.2: "Tags with duplicate names MUST NOT occur within a single tag-list".
    ...list.repeated.map((tag) => ({ kind: "repeated" as const, tag })),
  ];
  const location = tagOf(list, "l")?.value;
  const evidence = tagOf(list, "a")?.value ?? "";
  if (location === undefined)
    faults.push({ kind: "no-location", near: tagOf(list, "l", true)?.name ?? null });
  else if (location === "" && evidence !== "") faults.push({ kind: "evidence-alone", value: evidence });
  judgeUri("l", location ?? "", faults);
  judgeUri("a", evidence, faults);
  if (location === undefined || faults.length > 0) return { kind: "invalid", text, faults };
  const notices: BimiRecordNotice[] = [];
  const prefixes = readPrefixes(list, notices);
  if (location === "") return { kind: "declined", text, prefixes };
  return {
    kind: "record",
    record: {
      text,
      location,
      evidence: evidence === "" ? null : evidence,
      avatar: readAvatar(list, notices),
      prefixes,
      notices: [...notices, ...unknownTags(list)],
    },
  };
}

function judgeUri(tag: "l" | "a", value: string, faults: BimiRecordFault[]): void {
  if (value === "") return;
  const why = uriFault(value);
  if (why !== null) {
    faults.push({ kind: "uri", tag, value, why });
    return;
  }
  const suffix = SUFFIX.exec(new URL(value).pathname)?.[1]?.toLowerCase() ?? "";
  if (tag === "l" && !FORMATS.has(suffix) && OTHER_FORMATS.has(suffix))
    faults.push({ kind: "format", value, suffix });
}

/** bimi-uri: a single URI, https, with a name of a host; commas inside are to be encoded. */
function uriFault(value: string): UriFault | null {
  if (/\s/.test(value) || !URL.canParse(value)) return "uri";
  const url = new URL(value);
  if (url.protocol !== "https:") return "scheme";
  if (!/^https:\/\//i.test(value)) return "uri";
  if (url.username !== "" || url.password !== "") return "credentials";
  if (!FQDN.test(url.hostname)) return "host";
  // Fetched at 443 alone, by us and by receivers that we know of (threats §5).
  if (url.port !== "") return "port";
  return value.includes(",") ? "comma" : null;
}

function readAvatar(list: TagList, notices: BimiRecordNotice[]): Avatar {
  const value = tagOf(list, "avp")?.value;
  if (value === undefined || value === "brand") return "brand";
  if (value === "personal") return "personal";
  notices.push({ kind: "avatar", value });
  return "brand";
}

function readPrefixes(list: TagList, notices: BimiRecordNotice[]): readonly string[] | null {
  const value = tagOf(list, "lps")?.value;
  if (value === undefined) return null;
  if (value === "") return [];
  const prefixes = value.split(",").map((prefix) => prefix.trim());
  for (const prefix of prefixes) if (!PREFIX.test(prefix)) notices.push({ kind: "prefix", value: prefix });
  return prefixes.filter((prefix) => PREFIX.test(prefix));
}

function unknownTags({ tags }: TagList): BimiRecordNotice[] {
  return tags.filter(({ name }) => !KNOWN.has(name)).map(({ name }) => ({ kind: "unknown-tag", tag: name }));
}
