/** What is wrong with a record or an indicator, as the end of a sentence and what to do; one entry a kind. */
import type { BimiRecordFault, UriFault } from "../../bimi/record.ts";
import type { SvgIssue, SvgIssueKind } from "../../bimi/svg.ts";
import type { XmlFault } from "../../bimi/xml.ts";
import type { TagFault } from "../../text/tags.ts";
import { code, codes, say, type Sentence } from "../../text/say.ts";

/** A fault in words; `what` follows a colon. */
export interface Told {
  what: Sentence;
  fix: Sentence;
}

type Of<T, K> = Extract<T, { kind: K }>;

const PIECE: Record<TagFault, Sentence> = {
  "no-equals": say`has no equals sign`,
  name: say`does not begin with the name of a tag`,
  value: say`has characters that are not allowed`,
  empty: say`is empty`,
};

const URI: Record<UriFault, Sentence> = {
  uri: say`is not one URL`,
  scheme: say`does not begin with ${code("https://")}`,
  host: say`does not name a host by its full name`,
  port: say`has a port`,
  credentials: say`has a user name in it`,
  comma: say`has a comma, which must be written ${code("%2C")}`,
};

const EXAMPLE = say`Publish ${code("v=BIMI1; l=https://host/logo.svg; a=https://host/mark.pem;")} with your own URLs.`;

const RECORD: { [K in BimiRecordFault["kind"]]: (fault: Of<BimiRecordFault, K>) => Told } = {
  piece: ({ text, fault }) => ({
    what: text === "" ? say`two semicolons stand side by side` : say`${code(text)} ${PIECE[fault]}`,
    fix: EXAMPLE,
  }),
  repeated: ({ tag }) => ({
    what: say`the tag ${code(tag)} stands more than once`,
    fix: say`Keep the one that is meant.`,
  }),
  "no-location": ({ near }) => ({
    what:
      near === null
        ? say`the tag ${code("l")} is missing`
        : say`it has ${code(near)}, but the tag ${code("l")} is written small`,
    fix: say`Add ${code("l=")} with the URL of the indicator, or leave its value empty to decline.`,
  }),
  uri: ({ tag, value, why }) => ({
    what: say`${code(`${tag}=${value}`)} ${URI[why]}`,
    fix: say`Write one URL that begins with ${code("https://")} and a host's full name.`,
  }),
  format: ({ suffix }) => ({
    what: say`the indicator ends in ${code(`.${suffix}`)}, and only SVG is allowed`,
    fix: say`Publish the logo as SVG Tiny PS. A picture made of pixels has to be drawn anew.`,
  }),
  "evidence-alone": () => ({
    what: say`it names evidence in ${code("a")}, but no indicator in ${code("l")}`,
    fix: say`Add the URL of the indicator to ${code("l=")}, or empty both to decline.`,
  }),
};

/** A fault of a record. */
export function tellRecord(fault: BimiRecordFault): Told {
  // The key is the kind; the compiler cannot see that they belong together.
  return (RECORD[fault.kind] as (fault: BimiRecordFault) => Told)(fault);
}

const XML: Record<XmlFault, Sentence> = {
  doctype: say`it has a document type (DOCTYPE), which may hide other things`,
  entity: say`it has an ${code("&")} that stands for nothing XML knows`,
  depth: say`its elements lie too deep inside each other`,
  unclosed: say`it ends before everything in it is closed`,
  tag: say`one of its tags is not XML`,
  attribute: say`an attribute of it is not XML`,
  "repeated-attribute": say`an element has the same attribute twice`,
  mismatch: say`its elements are closed in the wrong order`,
  "outside-root": say`something stands beside its root element`,
  "no-root": say`it is empty`,
  character: say`it has control characters`,
};

const TAKE_OUT = say`Take it out of the file.`;
const EXPORT = say`Export the logo as SVG Tiny PS.`;

/** An attribute of the root that must have one value. */
function root(name: string, value: string | null, wanted: string): Told {
  return {
    what:
      value === null ? say`its root has no ${code(name)}` : say`its root has ${code(`${name}="${value}"`)}`,
    fix: say`Write ${code(`${name}="${wanted}"`)}.`,
  };
}

const SVG: { [K in SvgIssueKind]: (issue: Of<SvgIssue, K>) => Told } = {
  compressed: () => ({ what: say`it is compressed`, fix: say`Serve it as plain SVG.` }),
  encoding: ({ why }) => ({
    what: why === "utf-16" ? say`it is written in UTF-16` : say`it is not written in UTF-8`,
    fix: say`Save it as UTF-8.`,
  }),
  xml: ({ fault }) => ({ what: XML[fault], fix: EXPORT }),
  root: ({ name }) => ({ what: say`it begins with ${code(name)} instead of ${code("svg")}`, fix: EXPORT }),
  namespace: ({ value }) => root("xmlns", value, "http://www.w3.org/2000/svg"),
  profile: ({ value }) => root("baseProfile", value, "tiny-ps"),
  version: ({ value }) => root("version", value, "1.2"),
  "no-title": ({ why }) => ({
    what: why === "missing" ? say`it has no title` : say`its title is empty`,
    fix: say`Add ${code("<title>")} with the brand's name as the first element.`,
  }),
  position: ({ attributes }) => ({
    what: say`its root has ${codes(attributes)}`,
    fix: say`Take ${code("x")} and ${code("y")} off the root.`,
  }),
  script: ({ what }) => ({ what: say`it has a script (${code(what)})`, fix: TAKE_OUT }),
  reference: ({ element, attribute, value }) => ({
    what: say`${code(attribute === "" ? element : `${element} ${attribute}`)} refers to ${code(value)}`,
    fix: say`An indicator may refer to nothing but its own parts (${code("#name")}): draw it in, or take it out.`,
  }),
  animation: ({ element }) => ({ what: say`it moves or plays (${code(element)})`, fix: TAKE_OUT }),
  image: ({ element }) => ({
    what: say`it holds a picture made of pixels (${code(element)})`,
    fix: say`Draw the logo as shapes.`,
  }),
  element: ({ element }) => ({
    what: say`it has the element ${code(element)}, which the profile does not`,
    fix: EXPORT,
  }),
  style: ({ what }) => ({
    what: say`it has a style sheet or a style (${code(what)})`,
    fix: say`Write colours as attributes, such as ${code('fill="#123456"')}.`,
  }),
  instruction: ({ name }) => ({ what: say`it has the instruction ${code(name)}`, fix: TAKE_OUT }),
  "view-box": ({ why }) => ({
    what: why === "missing" ? say`it has no viewBox` : say`it is not square`,
    fix: say`Write a square ${code("viewBox")}, such as ${code('viewBox="0 0 512 512"')}, with the logo in its middle.`,
  }),
  large: ({ octets, advised }) => ({
    what: say`it has ${octets} octets, more than ${advised}`,
    fix: say`Simplify its paths, and take out what drawing programs leave behind.`,
  }),
};

/** An issue of an indicator. */
export function tellSvg(issue: SvgIssue): Told {
  return (SVG[issue.kind] as (issue: SvgIssue) => Told)(issue);
}
