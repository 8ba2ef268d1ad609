/** Exports, each read back by a reader of its own: what comes out is what went in, octet by octet. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportBind } from "../../src/setup/export/bind.ts";
import { exportCloudflare, toRemove } from "../../src/setup/export/cloudflare.ts";
import { EXPORTS } from "../../src/setup/export/index.ts";
import { labelsOf, type ExportRecord } from "../../src/setup/export/record.ts";
import { exportRoute53 } from "../../src/setup/export/route53.ts";
import { exportTerraformAws, exportTerraformCloudflare } from "../../src/setup/export/terraform.ts";
import { exportText } from "../../src/setup/export/text.ts";
import { nameOf, readZoneFile, wordsOf } from "../support/zone-file.ts";

const RUNS = process.env.LONG === "1" ? 2_000 : 200;
const SEED = 20261124;
const KEY = `v=DKIM1; k=rsa; p=${"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A".repeat(12)}`;

const RECORDS: ExportRecord[] = [
  { host: "example.com", type: "TXT", value: "v=spf1 include:_spf.example.net ~all", ttl: 3600 },
  { host: "s1._domainkey.example.com", type: "TXT", value: KEY, ttl: 300 },
  { host: "s2._domainkey.example.com", type: "CNAME", value: "s2._domainkey.example.net", ttl: 3600 },
  { host: "bounce.example.com", type: "MX", value: "feedback.example.net", priority: 10, ttl: 3600 },
  { host: "mx.example.com", type: "MX", value: "20 feedback.example.net", ttl: 3600 },
  { host: "www.example.com", type: "A", value: "192.0.2.1", ttl: 3600 },
  { host: "www.example.com", type: "AAAA", value: "2001:db8::1", ttl: 3600 },
  { host: "sub.example.com", type: "NS", value: "ns1.example.net", ttl: 3600 },
  { host: "sub.example.com", type: "NS", value: "ns2.example.net", ttl: 60 },
];

/** A record as every reader gives it back: type, labels, and what it holds. */
interface Read {
  host: string[];
  type: string;
  value: string;
}

function valueOf({ type, value, priority }: ExportRecord): string {
  return type === "MX" && !/^\d+ /.test(value) ? `${String(priority ?? 0)} ${value}` : value;
}

const wantedOf = (records: readonly ExportRecord[]): Read[] =>
  records.map((record) => ({ host: labelsOf(record.host), type: record.type, value: valueOf(record) }));

const bindReader = (text: string): Read[] =>
  readZoneFile(text).map(({ host, type, data }) => ({
    host,
    type,
    value: data.join(type === "TXT" ? "" : " "),
  }));

/** The value of a record as Route 53 has it: the words of a zone file, with octal escapes. */
function route53Data(type: string, value: string): string {
  const { words } = wordsOf(value, 8);
  if (type === "TXT") {
    if (!words.every(({ quoted, octets }) => quoted && octets.length <= 255)) throw new Error("strings");
    return words.map(({ octets }) => octets).join("");
  }
  if (type === "A" || type === "AAAA") return value;
  return [...words.slice(0, -1).map(({ octets }) => octets), nameOf(words.at(-1)!).join(".")].join(" ");
}

interface Batch {
  Changes: {
    Action: string;
    ResourceRecordSet: { Name: string; Type: string; TTL: number; ResourceRecords: { Value: string }[] };
  }[];
}

function route53Reader(text: string): Read[] {
  return (JSON.parse(text) as Batch).Changes.flatMap(({ Action, ResourceRecordSet: set }) => {
    if (Action !== "CREATE") throw new Error(Action);
    return set.ResourceRecords.map(({ Value }) => ({
      host: nameOf(wordsOf(set.Name, 8).words[0]!),
      type: set.Type,
      value: route53Data(set.Type, Value),
    }));
  });
}

/** An HCL string at `at`, its end, and whether a template would begin in it. */
function hclString(text: string, at: number): { value: string; end: number } {
  let value = "";
  for (let index = at + 1; ;) {
    const char = text.charAt(index);
    if (char === "" || char === "\n") throw new Error("open string");
    if (char === '"') return { value, end: index + 1 };
    if (/^(?:\$\$|%%)\{/.test(text.slice(index))) {
      value += text.slice(index + 1, index + 3);
      index += 3;
    } else if (/^[$%]\{/.test(text.slice(index))) throw new Error("template");
    else if (char === "\\") {
      const [, unicode] = /^\\u([\da-f]{4})/.exec(text.slice(index)) ?? [];
      const plain = new Map([["n", "\n"], ["r", "\r"], ["t", "\t"], ['"', '"'], ["\\", "\\"]]); // prettier-ignore
      const one =
        unicode === undefined ? plain.get(text[index + 1]!) : String.fromCharCode(parseInt(unicode, 16));
      if (one === undefined) throw new Error(`escape ${text.slice(index, index + 2)}`);
      value += one;
      index += unicode === undefined ? 2 : 6;
    } else {
      value += char;
      index += 1;
    }
  }
}

/** Resources: their names, and attributes as raw words or lists of strings. */
function hclReader(text: string): { kind: string; name: string; attributes: Map<string, string[]> }[] {
  return text
    .split(/^(?=resource )/m)
    .slice(1)
    .map((block) => {
      const [, kind, name] = /^resource "(\w+)" "([a-z]\w*)" \{\n/.exec(block)!;
      const attributes = new Map<string, string[]>();
      for (const line of block.split("\n").slice(1)) {
        const [whole, key] = /^ {2}(\w+) += /.exec(line) ?? [];
        if (whole === undefined) continue;
        const values: string[] = [];
        for (let at = whole.length; at < line.length;)
          if (line[at] === '"') {
            const { value, end } = hclString(line, at);
            values.push(value);
            at = end;
          } else if ("[], ".includes(line[at]!)) at += 1;
          else {
            values.push(line.slice(at));
            break;
          }
        attributes.set(key!, values);
      }
      return { kind: kind!, name: name!, attributes };
    });
}

function awsReader(text: string): Read[] {
  return hclReader(text).flatMap(({ attributes }) => {
    const [name] = attributes.get("name")!;
    const [type] = attributes.get("type")!;
    return attributes.get("records")!.map((value) => ({
      host: nameOf(wordsOf(`${name!}.`, 8).words[0]!),
      type: type!,
      // The provider puts the quotes around.
      value: route53Data(type!, type === "TXT" ? `"${value}"` : value),
    }));
  });
}

function cloudflareReader(text: string): Read[] {
  return hclReader(text).map(({ attributes }) => {
    const one = (key: string): string => attributes.get(key)![0]!;
    expect(one("proxied")).toBe("false");
    const { words } = wordsOf(one("content"));
    const value = one("type") === "TXT" ? words.map(({ octets }) => octets).join("") : one("content");
    return {
      host: labelsOf(one("name")),
      type: one("type"),
      value: attributes.has("priority") ? `${one("priority")} ${value}` : value,
    };
  });
}

function textReader(text: string): Read[] {
  return text
    .trimEnd()
    .split("\n\n")
    .map((paragraph) => {
      const lines = new Map(
        paragraph.split("\n").map((line) => {
          const colon = line.indexOf(": ");
          return [line.slice(0, colon), line.slice(colon + 2)];
        }),
      );
      const quoted = lines.get("Value (as in a zone file)");
      const value =
        quoted === undefined
          ? lines.get("Value")!
          : wordsOf(quoted)
              .words.map(({ octets }) => octets)
              .join("");
      const priority = lines.get("Priority");
      return {
        host: labelsOf(lines.get("Name")!),
        type: lines.get("Type")!,
        value: priority === undefined ? value : `${priority} ${value}`,
      };
    });
}

const READERS: [
  name: string,
  write: (records: readonly ExportRecord[]) => string,
  read: (text: string) => Read[],
][] = [
  ["BIND", exportBind, bindReader],
  ["Cloudflare", exportCloudflare, bindReader],
  ["Route 53", exportRoute53, route53Reader],
  ["Terraform for Route 53", exportTerraformAws, awsReader],
  ["Terraform for Cloudflare", exportTerraformCloudflare, cloudflareReader],
  ["plain text", exportText, textReader],
];

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '"',
      "\\",
      ";",
      "'",
      "$",
      "{",
      "%",
      "(",
      ")",
      "@",
      " ",
      "\n",
      "\r",
      "\t",
      "`",
      "<",
      "0",
      "9",
      ".",
    ),
    fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  ),
  maxLength: 700,
});

const label = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 12 }).map((codes) =>
  codes
    .map((code) => {
      const char = String.fromCharCode(code).toLowerCase();
      if (char === "." || char === "\\") return `\\${char}`;
      return code > 0x20 && code < 0x7f ? char : `\\${String(code).padStart(3, "0")}`;
    })
    .join(""),
);
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));

describe.each(READERS)("%s", (format, write, read) => {
  it("gives back every record that was written", () => {
    expect(read(write(RECORDS))).toEqual(wantedOf(RECORDS));
  });

  it("gives back any octets of a text", () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const record: ExportRecord = { host: "_a.example.com", type: "TXT", value, ttl: 60 };
        expect(read(write([record]))).toEqual(wantedOf([record]));
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("gives back any name, and never breaks a line by it", () => {
    fc.assert(
      fc.property(name, (host) => {
        const record: ExportRecord = { host, type: "TXT", value: "v=spf1 -all", ttl: 60 };
        expect(read(write([record]))).toEqual(wantedOf([record]));
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("holds ASCII only, and no control characters but line ends and tabs", () => {
    const value = "ü\u0000\u001b[31m\u007f\u2028\u202e";
    const text = write([{ host: "example.com", type: "TXT", value, ttl: 60 }]);
    expect(text).toMatch(/^[\n\t\x20-\x7e]*$/);
    // Typed as Unicode, it is published as UTF-8.
    expect(read(text)[0]?.value).toBe(Buffer.from(value, "utf8").toString("latin1"));
    expect(format).not.toBe("");
  });

  it("writes an empty text as one empty string", () => {
    const record: ExportRecord = { host: "example.com", type: "TXT", value: "", ttl: 60 };
    expect(read(write([record]))).toEqual(wantedOf([record]));
  });
});

describe("a long text", () => {
  it("is one record of strings of at most 255 octets", () => {
    const [line] = readZoneFile(exportBind([RECORDS[1]!]));
    expect(line!.data.map(({ length }) => length)).toEqual([255, KEY.length - 255]);
  });
  it("is joined for Terraform's Route 53 by quotes that the provider leaves alone", () => {
    const [resource] = hclReader(exportTerraformAws([RECORDS[1]!]));
    expect(resource!.attributes.get("records")).toEqual([`${KEY.slice(0, 255)}""${KEY.slice(255)}`]);
  });
});

describe("record sets", () => {
  it("hold all records of a name and type, with one TTL", () => {
    const { Changes } = JSON.parse(exportRoute53(RECORDS)) as Batch;
    const set = Changes.find(({ ResourceRecordSet: { Type } }) => Type === "NS")!.ResourceRecordSet;
    expect(set.TTL).toBe(60);
    expect(set.ResourceRecords.map(({ Value }) => Value)).toEqual(["ns1.example.net.", "ns2.example.net."]);
  });
});

describe("Cloudflare's file", () => {
  it("keeps the proxy off where there could be one", () => {
    const comments = readZoneFile(exportCloudflare(RECORDS)).map(({ type, comment }) => [type, comment]);
    const proxiable = comments.filter(([, comment]) => comment === "cf_tags=cf-proxied:false");
    expect(proxiable.map(([type]) => type)).toEqual(["CNAME", "A", "AAAA"]);
  });
});

describe("a record that replaces another", () => {
  const record: ExportRecord = { ...RECORDS[0]!, replaces: ["v=spf1 -all\n"] };
  it("is told in a comment of a zone file", () => {
    const [comment, line] = exportBind([record]).split("\n");
    expect(readZoneFile(comment!.replace(/^; remove: /, ""))[0]?.data).toEqual(["v=spf1 -all\n"]);
    expect(readZoneFile(line!)[0]?.data).toEqual([record.value]);
  });
  it("is told in the text", () => {
    expect(exportText([record])).toContain('Replaces (as in a zone file): "v=spf1 -all\\010"');
  });
  it("is listed for Cloudflare, whose import only adds", () => {
    expect(toRemove([record]).map(({ value }) => value)).toEqual(["v=spf1 -all\n"]);
  });
});

describe("Terraform", () => {
  it("gives every resource a name of its own", () => {
    const records = ["a-b", "a.b", "a_b", "x".repeat(90), "x".repeat(91)].map((host): ExportRecord => ({
      host,
      type: "TXT",
      value: "x",
      ttl: 60,
    }));
    const names = hclReader(exportTerraformCloudflare(records)).map((resource) => resource.name);
    expect(new Set(names).size).toBe(records.length);
  });
});

it("has a file name and a writer for every format", () => {
  for (const { file, write } of Object.values(EXPORTS)) {
    expect(file).toMatch(/^[a-z\d]+\.[a-z]+$/);
    expect(write(RECORDS)).toMatch(/\n$/);
  }
});
