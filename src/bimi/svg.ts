/** An indicator held to SVG Tiny Portable/Secure (draft-svg-tiny-ps-abrotman), without drawing it and without fetching anything. */
import { ISSUES_MAX, SVG_ADVISED } from "./limits.ts";
import { readXml, type XmlElement, type XmlFault } from "./xml.ts";

/** What keeps an indicator from being shown, or may. Texts are as found, foreign. */
export interface SvgIssues {
  /** Compressed; we do not unpack it. */
  compressed: { octets: number };
  encoding: { why: "utf-16" | "not-utf-8" };
  xml: { fault: XmlFault };
  root: { name: string };
  namespace: { value: string | null };
  profile: { value: string | null };
  version: { value: string | null };
  "no-title": { why: "missing" | "empty" };
  position: { attributes: readonly string[] };
  script: { what: string };
  reference: { element: string; attribute: string; value: string };
  animation: { element: string };
  image: { element: string };
  element: { element: string };
  style: { what: string };
  /** An XML instruction other than the declaration. */
  instruction: { name: string };
  "view-box": { value: string | null; why: "missing" | "not-square" };
  large: { octets: number; advised: number };
}

export type SvgIssueKind = keyof SvgIssues;
export type SvgIssue = { [K in SvgIssueKind]: { kind: K } & SvgIssues[K] }[SvgIssueKind];

export interface SvgReading {
  octets: number;
  title: string | null;
  /** In document order, at most `ISSUES_MAX` of a kind. */
  issues: readonly SvgIssue[];
  issueCount: number;
}

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
/** What the profile takes over from SVG Tiny 1.2 (the draft's schema, SVG_1.2_PS.rng). */
const ALLOWED = words(
  "svg title desc metadata path rect circle line ellipse polyline polygon solidColor textArea text tspan tbreak linearGradient radialGradient stop g defs use switch",
);
/** What it leaves out, by the kind of trouble; any other element is "element". */
const REFUSED: ReadonlyMap<string, "script" | "animation" | "image" | "style"> = new Map([
  ["script", "script"],
  ["handler", "script"],
  ["listener", "script"],
  ["animate", "animation"],
  ["animateColor", "animation"],
  ["animateMotion", "animation"],
  ["animateTransform", "animation"],
  ["animation", "animation"],
  ["set", "animation"],
  ["mpath", "animation"],
  ["discard", "animation"],
  ["audio", "animation"],
  ["video", "animation"],
  ["image", "image"],
  ["feImage", "image"],
  ["style", "style"],
]);
/** Attributes whose value is a place, by local name. */
const PLACES: ReadonlySet<string> = new Set(["href", "src", "base", "data", "action"]);
/** `url(…)` with its argument; escapes of CSS are caught by the style issue. */
const URL_VALUE = /url\(\s*["']?\s*([^\s"')]*)/gi;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface State {
  issues: SvgIssue[];
  counts: Map<SvgIssueKind, number>;
  count: number;
  title: string | null;
}

/** Reads an indicator. Never throws; linear. */
export function readSvg(octets: Uint8Array): SvgReading {
  const state: State = { issues: [], counts: new Map(), count: 0, title: null };
  if (octets.length > SVG_ADVISED)
    tell(state, { kind: "large", octets: octets.length, advised: SVG_ADVISED });
  const document = decode(octets, state);
  if (document !== null) readDocument(document, state);
  return { octets: octets.length, title: state.title, issues: state.issues, issueCount: state.count };
}

function decode(octets: Uint8Array, state: State): string | null {
  const [first, second] = octets;
  if (first === 0x1f && second === 0x8b) {
    tell(state, { kind: "compressed", octets: octets.length });
    return null;
  }
  const wide = (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe);
  try {
    if (!wide) return utf8.decode(octets);
  } catch {
    // Told below.
  }
  tell(state, { kind: "encoding", why: wide ? "utf-16" : "not-utf-8" });
  return null;
}

function readDocument(document: string, state: State): void {
  let first = true;
  const fault = readXml(document, {
    open: (element) => {
      if (first) judgeRoot(element, state);
      first = false;
      judgeElement(element, state);
    },
    text: (text, path) => {
      if (path.length === 2 && localOf(path[1]!) === "title") state.title = (state.title ?? "") + text;
      if (localOf(path.at(-1)!) === "style") judgeUrls(text, "style", "", state);
    },
    instruction: (name) => {
      if (name !== "xml") tell(state, { kind: "instruction", name });
    },
  });
  if (fault !== null) tell(state, { kind: "xml", fault });
  state.title = state.title?.trim() ?? null;
  // Where reading ended early, the title may have been still to come.
  if (fault === null && state.title === null) tell(state, { kind: "no-title", why: "missing" });
  if (state.title === "") tell(state, { kind: "no-title", why: "empty" });
}

function tell(state: State, issue: SvgIssue): void {
  const before = state.counts.get(issue.kind) ?? 0;
  state.counts.set(issue.kind, before + 1);
  state.count += 1;
  if (before < ISSUES_MAX) state.issues.push(issue);
}

/** A name without its prefix: prefixes are the author's choice. */
function localOf(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function judgeRoot({ name, attributes }: XmlElement, state: State): void {
  const value = (key: string): string | null => attributes.get(key) ?? null;
  if (localOf(name) !== "svg") {
    tell(state, { kind: "root", name });
    return;
  }
  const colon = name.indexOf(":");
  const namespace = value(colon < 0 ? "xmlns" : `xmlns:${name.slice(0, colon)}`);
  if (namespace !== SVG_NAMESPACE) tell(state, { kind: "namespace", value: namespace });
  if (value("version") !== "1.2") tell(state, { kind: "version", value: value("version") });
  if (value("baseProfile") !== "tiny-ps") tell(state, { kind: "profile", value: value("baseProfile") });
  const position = ["x", "y"].filter((key) => attributes.has(key));
  if (position.length > 0) tell(state, { kind: "position", attributes: position });
  judgeViewBox(value("viewBox"), state);
}

function judgeViewBox(value: string | null, state: State): void {
  if (value === null) {
    tell(state, { kind: "view-box", value, why: "missing" });
    return;
  }
  const [, , width = NaN, height = NaN] = value
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (width !== height) tell(state, { kind: "view-box", value, why: "not-square" });
}

/** Issues of a refused element, by the kind of trouble. */
const TELL: Readonly<Record<"script" | "animation" | "image" | "style", (name: string) => SvgIssue>> = {
  script: (name) => ({ kind: "script", what: name }),
  animation: (name) => ({ kind: "animation", element: name }),
  image: (name) => ({ kind: "image", element: name }),
  style: (name) => ({ kind: "style", what: name }),
};

function judgeElement({ name, attributes, path }: XmlElement, state: State): void {
  const local = localOf(name);
  const refused = REFUSED.get(local);
  if (refused !== undefined) tell(state, TELL[refused](name));
  // Metadata may hold elements of other vocabularies.
  else if (!ALLOWED.has(local) && !path.some((each) => localOf(each) === "metadata"))
    tell(state, { kind: "element", element: name });
  if (local === "title" && path.length === 1) state.title ??= "";
  for (const [key, value] of attributes) judgeAttribute(name, key, value, state);
}

function judgeAttribute(element: string, key: string, value: string, state: State): void {
  const local = localOf(key).toLowerCase();
  if (key === "xmlns" || key.startsWith("xmlns:")) return;
  if (local.startsWith("on")) tell(state, { kind: "script", what: key });
  if (local === "style") tell(state, { kind: "style", what: key });
  if (PLACES.has(local) && value.trim() !== "" && !value.trim().startsWith("#"))
    tell(state, { kind: "reference", element, attribute: key, value });
  judgeUrls(value, element, key, state);
}

function judgeUrls(text: string, element: string, attribute: string, state: State): void {
  for (const [, target = ""] of text.matchAll(URL_VALUE))
    if (!target.startsWith("#")) tell(state, { kind: "reference", element, attribute, value: target });
}
