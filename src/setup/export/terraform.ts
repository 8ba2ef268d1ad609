/** Records as Terraform resources: `aws_route53_record` (a resource a set) and `cloudflare_dns_record` (a resource a record). */
import { quotedStrings } from "./bind.ts";
import { LABEL_MAX } from "./limits.ts";
import { exchangeOf, setsOf, type ExportRecord, type ExportType } from "./record.ts";
import { route53Name, route53Strings, route53Value } from "./route53.ts";

/** Escapes of an HCL string, and of the templates that begin with `${` and `%{`. Source: HCL native syntax, "Template expressions". */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ['"', '\\"'],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["${", "$${"],
  ["%{", "%%{"],
]);
const SPECIAL = /[\\"\n\r\t]|[$%]\{|[^\x20-\x7e]/g;

/** A text as an HCL string. */
export function hclString(text: string): string {
  const escaped = text.replaceAll(
    SPECIAL,
    (piece) => ESCAPES.get(piece) ?? `\\u${piece.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

/** Names for resources, each once: a letter first, then letters, digits and underscores. */
function namer(): (host: string, type: string) => string {
  const used = new Set<string>();
  return (host, type) => {
    const word = `${type}_${host}`.toLowerCase().replaceAll(/[^a-z\d]+/g, "_");
    const base = word.slice(0, LABEL_MAX).replace(/_$/, "");
    let name = base;
    for (let next = 2; used.has(name); next += 1) name = `${base}_${String(next)}`;
    used.add(name);
    return name;
  };
}

const VARIABLE = `variable "zone_id" {\n  type = string\n}\n`;

type Attribute = readonly [name: string, value: string];

function resource(kind: string, name: string, attributes: readonly Attribute[]): string {
  const width = Math.max(...attributes.map(([key]) => key.length));
  const lines = attributes.map(([key, value]) => `  ${key.padEnd(width)} = ${value}`);
  return `resource "${kind}" "${name}" {\n${lines.join("\n")}\n}\n`;
}

/** The provider puts quotes around a text itself; longer than 255 octets it holds `""` between its strings. */
function awsValue(record: ExportRecord): string {
  return record.type === "TXT" ? route53Strings(record.value).join('""') : route53Value(record);
}

/** For a zone at Route 53. A name that has a set of the type already needs `terraform import` first, and its other values added. */
export function exportTerraformAws(records: readonly ExportRecord[]): string {
  const nameFor = namer();
  const resources = setsOf(records).map(({ host, type, ttl, records: own }) => {
    const values = [...new Set(own.map(awsValue))].map(hclString);
    return resource("aws_route53_record", nameFor(host, type), [
      ["zone_id", "var.zone_id"],
      ["name", hclString(route53Name(host).replace(/\.$/, ""))],
      ["type", hclString(type)],
      ["ttl", String(ttl)],
      ["records", `[${values.join(", ")}]`],
    ]);
  });
  return [VARIABLE, ...resources].join("\n");
}

/** Content as Cloudflare's API takes it: quoted character-strings, names without final dot. */
const CONTENTS: Record<ExportType, (record: ExportRecord) => string> = {
  TXT: ({ value }) => quotedStrings(value),
  CNAME: ({ value }) => value,
  NS: ({ value }) => value,
  MX: (record) => exchangeOf(record).exchange,
  A: ({ value }) => value,
  AAAA: ({ value }) => value,
};

/** For a zone at Cloudflare (provider version 5). Nothing is proxied. */
export function exportTerraformCloudflare(records: readonly ExportRecord[]): string {
  const nameFor = namer();
  const resources = records.map((record) => {
    const { host, type, ttl } = record;
    const priority: Attribute[] = type === "MX" ? [["priority", String(exchangeOf(record).preference)]] : [];
    return resource("cloudflare_dns_record", nameFor(host, type), [
      ["zone_id", "var.zone_id"],
      ["name", hclString(host)],
      ["type", hclString(type)],
      ["content", hclString(CONTENTS[type](record))],
      ...priority,
      ["ttl", String(ttl)],
      ["proxied", "false"],
    ]);
  });
  return [VARIABLE, ...resources].join("\n");
}
