/** Who may import whom: the table, and the imports that stand in the code. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const ROOT = path.join(import.meta.dirname, "..");

/** What a room may import. Its own files need no mention. */
interface Rule {
  /** Rooms (`src/spf`) or single files (`src/view/doc.ts`); `*` is everything. */
  values: readonly string[];
  /** The same, as `import type` only. */
  types?: readonly string[];
  /** npm packages. */
  packages?: readonly string[];
  /** Modules of Node, without `node:`. */
  node?: readonly string[];
}

/** Everything a chat rim may see: pages, and the types App and Request. */
const CHAT = {
  // `line.ts` reads a line as plain words, for labels and readers without colour.
  // `chat-text.ts` is what every chat writes alike, and reads a page that was kept.
  values: ["src/view/chat-text.ts", "src/view/doc.ts", "src/view/fit.ts", "src/view/line.ts", "src/wait.ts"],
  types: ["src/commands/request.ts"],
} as const;

/**
 * The rule (docs/architecture.md): adapters -> commands -> checks -> protocols -> text, domain, finding -> ports, never back.
 * The key is a folder, a file that lies beside the folders, or a check's own folder.
 */
const ROOMS: Readonly<Record<string, Rule>> = {
  // The ground: knows nobody, or text alone.
  "src/ports.ts": { values: [] },
  // What is remembered. Types only.
  "src/store.ts": { values: [] },
  // What a person typed is cut into words, or refused; the refusal is a code and a sentence.
  "src/text": { values: ["src/refusal.ts"] },
  "src/refusal.ts": { values: [], types: ["src/text"] },
  "src/address.ts": {
    values: ["src/messages/names.ts", "src/text"],
    types: ["src/refusal.ts"],
    packages: ["ipaddr.js"],
    node: ["net"],
  },
  // Names as people type them; the sentences of their refusals lie with all other sentences.
  "src/domain.ts": {
    values: ["src/messages/names.ts", "src/refusal.ts", "src/text"],
    packages: ["tldts", "tr46"],
    node: ["net"],
  },
  // A sender is a local part and a domain: names are judged in one place.
  "src/sender.ts": { values: ["src/domain.ts", "src/messages/names.ts"], types: ["src/refusal.ts"] },
  // Waiting for something, but not for ever.
  "src/wait.ts": { values: [], types: ["src/ports.ts"] },
  "src/finding.ts": { values: [], types: ["src/text"] },
  "src/config.ts": { values: [], packages: ["zod"] },

  // Decorators of the Dns port, and the literal zone. Nothing else of the core.
  "src/dns": { values: [], types: ["src/ports.ts"], packages: ["node-cache"] },
  // Protocols: never each other.
  "src/dmarc": { values: ["src/text"], types: ["src/ports.ts"], packages: ["tldts"] },
  "src/spf": {
    values: ["src/address.ts", "src/text"],
    types: ["src/ports.ts"],
    packages: ["ipaddr.js", "tldts"],
    node: ["net"],
  },

  // What lies under every name: a host's addresses, the zone a name lies in.
  "src/names": { values: ["src/text"], types: ["src/ports.ts"], packages: ["ipaddr.js", "tldts"] },
  // MX records, read once for every check that follows them.
  "src/dkim": { values: ["src/text"], types: ["src/ports.ts"] },
  "src/mx": { values: [], types: ["src/ports.ts"] },

  // Who is behind a name in a record; the data files are read from their folder.
  "src/providers": { values: [], types: ["src/ports.ts"], packages: ["zod"], node: ["fs", "path"] },

  "src/mta-sts": { values: [] },
  // Evidence documents are X.509 certificates.
  "src/bimi": { values: ["src/text"], node: ["crypto"] },

  // What `check` knows of a check; the checks themselves each have a room.
  "src/checks/check.ts": {
    values: [],
    types: ["src/dns/direct.ts", "src/finding.ts", "src/ports.ts", "src/text"],
    packages: ["zod"],
  },

  // A check that is one file: what it reads, its findings, its data.
  "src/checks/*.ts": {
    values: ["src/checks/check.ts", "src/finding.ts", "src/text"],
    types: ["src/ports.ts"],
    packages: ["zod"],
  },
  // The list of checks.
  "src/checks/index.ts": { values: ["src/checks"] },

  // What the checks of a domain come to together. Pure.
  "src/summary": { values: [], types: ["src/finding.ts"] },

  // Guided set-ups, and records held against what a zone's own servers say: above the protocols, below the commands.
  "src/setup": {
    // `look.ts` reads whether a policy is there already.
    values: ["src/dmarc", "src/mx", "src/names", "src/providers", "src/spf", "src/text"],
    types: ["src/dns/direct.ts", "src/ports.ts", "src/store.ts"],
    packages: ["zod"],
    node: ["fs", "path"],
  },

  // Background work: pure steps, and a keeper that runs command lines through the App.
  "src/jobs": {
    values: ["src/setup/retry.ts"],
    types: ["src/commands/request.ts", "src/ports.ts", "src/results", "src/store.ts", "src/view/doc.ts"],
    packages: ["zod"],
    node: ["crypto"],
  },

  // Failing messages: above the protocols, below the commands.
  "src/triage": {
    values: [
      "src/address.ts",
      "src/dkim",
      "src/dmarc",
      "src/domain.ts",
      "src/names",
      "src/providers",
      "src/spf",
      "src/text",
    ],
    types: ["src/ports.ts"],
    packages: ["zod"],
    node: ["fs", "path"],
  },

  // What is kept of a check's answer, and what changed since. Pure.
  "src/changes": {
    values: ["src/providers"],
    types: ["src/checks/index.ts", "src/finding.ts", "src/results", "src/store.ts"],
    packages: ["zod"],
    node: ["crypto"],
  },

  // The JSON of every command. The sentences in it have a type of their own.
  // A provider's facts have one schema, that of their data files; kinds of change are those that are kept.
  "src/results": {
    // Causes of triage are one closed list.
    values: ["src/changes/facts.ts", "src/providers/facts.ts", "src/triage/causes.ts"],
    types: ["src/text"],
    packages: ["zod"],
  },
  // Where an answer came from, as a result shows it.
  "src/told.ts": { values: [], types: ["src/ports.ts", "src/results"] },

  // Sentences. `topics.ts` tells what a parsed term means, so it reads the term model; a form is a page's type.
  "src/messages": {
    values: ["src/spf", "src/text"],
    types: ["src/dkim/name.ts", "src/refusal.ts", "src/results", "src/view/doc.ts"],
  },

  // A check: its protocol, its texts, its data. Never another check, never a page.
  "src/checks/spf": {
    values: [
      "src/checks/check.ts",
      "src/finding.ts",
      "src/messages/topics.ts",
      // Who is behind a name in a record.
      "src/providers",
      "src/results/spf.ts",
      "src/spf",
      "src/text",
      "src/told.ts",
    ],
    types: ["src/address.ts", "src/ports.ts", "src/results"],
    packages: ["tldts", "zod"],
  },

  "src/checks/dkim": {
    values: [
      "src/checks/check.ts",
      "src/dkim",
      "src/finding.ts",
      "src/messages/dkim.ts",
      // Whose selectors are worth asking: the senders that MX and TXT records name.
      "src/providers",
      "src/results/dkim.ts",
      "src/spf/parse.ts",
      "src/text",
      "src/told.ts",
    ],
    types: ["src/ports.ts"],
  },
  "src/checks/dmarc": {
    // The schema of its data lies with the results; the record it offers is read back by the protocol.
    values: [
      "src/checks/check.ts",
      "src/dmarc",
      "src/finding.ts",
      "src/results/dmarc.ts",
      "src/text",
      "src/told.ts",
    ],
    types: ["src/ports.ts", "src/results"],
    packages: ["tldts"],
  },

  "src/checks/mta-sts": {
    values: [
      "src/checks/check.ts",
      "src/finding.ts",
      "src/mta-sts",
      "src/mx",
      "src/names/addresses.ts",
      "src/text",
    ],
    types: ["src/ports.ts"],
    packages: ["zod"],
  },
  "src/checks/bimi": {
    // A logo is shown only under an enforced DMARC policy.
    values: ["src/bimi", "src/checks/check.ts", "src/dmarc", "src/finding.ts", "src/text"],
    types: ["src/ports.ts"],
    packages: ["tldts", "zod"],
  },
  "src/checks/mx": {
    values: ["src/checks/check.ts", "src/finding.ts", "src/mx", "src/names", "src/text"],
    types: ["src/ports.ts"],
    packages: ["zod"],
    node: ["net"],
  },
  "src/checks/dnssec": {
    values: ["src/checks/check.ts", "src/finding.ts", "src/names", "src/text"],
    types: ["src/ports.ts"],
    packages: ["zod"],
  },
  "src/checks/ns": {
    values: ["src/checks/check.ts", "src/finding.ts", "src/names", "src/text"],
    types: ["src/dns/direct.ts", "src/ports.ts"],
    packages: ["ipaddr.js", "zod"],
  },
  "src/checks/dane": {
    values: ["src/checks/check.ts", "src/finding.ts", "src/mx", "src/names", "src/text"],
    types: ["src/ports.ts"],
    packages: ["zod"],
  },

  // Pages are made from results alone: no port, so no I/O.
  "src/view": { values: ["src/messages", "src/text"], types: ["src/finding.ts", "src/results"] },

  "src/commands": {
    values: [
      "src/address.ts",
      // What is kept of an answer, and what changed since.
      "src/changes",
      "src/checks",
      "src/domain.ts",
      "src/finding.ts",
      "src/messages",
      "src/refusal.ts",
      "src/sender.ts",
      "src/text",
      "src/view/pages.ts",
      "src/wait.ts",
      // The App puts each command's meter, with the command's own budget, in front of Dns.
      "src/dns/meter.ts",
      "src/dns/limits.ts",
      // Selectors are judged before any check runs.
      "src/dkim/name.ts",
      // `--record` is judged and mended before any check runs; did-you-mean is the same distance as for terms.
      "src/spf/mend.ts",
      "src/spf/parse.ts",
      // `check` asks whether a domain is parked before it looks for keys, names the senders, and sums everything up.
      "src/mx",
      "src/providers",
      "src/spf/record.ts",
      "src/summary",
      // Guided set-ups: the engine, and what DNS shows it.
      "src/setup",
      // Failing messages: read, judged, replayed.
      "src/triage",
      // The JSON Schema of all answers is made from the schemas of results and checks.
      "src/results",
    ],
    types: ["src/dns/direct.ts", "src/ports.ts", "src/results", "src/store.ts", "src/view/doc.ts"],
    packages: ["zod"],
    node: ["crypto"],
  },

  // Driven rims: ports only.
  "adapters/clock.ts": { values: [], types: ["src/ports.ts"] },
  "adapters/log.ts": { values: ["src/text"], types: ["src/ports.ts"], packages: ["pino"] },
  "adapters/metrics.ts": { values: [], packages: ["prom-client"] },
  // The HTTP server: it serves what it is handed, and counts.
  "adapters/server.ts": {
    values: [],
    types: ["src/ports.ts", "adapters/metrics.ts"],
    node: ["crypto", "http", "net"],
  },
  "adapters/dns": {
    // `DirectDns` is a port that lies with the decorators, because only jobs about name servers need it.
    values: ["adapters/clock.ts"],
    types: ["src/ports.ts", "src/dns/direct.ts"],
    packages: ["ipaddr.js"],
    node: ["crypto", "dgram", "dns", "http2", "net"],
  },

  // Signatures of whole messages; mailauth is loaded with the first one.
  "adapters/mailauth": {
    values: ["src/text/octets.ts"],
    types: ["src/ports.ts", "src/triage/verify.ts"],
    packages: ["mailauth"],
    // A message goes in by pieces.
    node: ["stream"],
  },

  // The store, on SQLite in a thread of its own or on PostgreSQL.
  "adapters/sql": {
    values: ["adapters/clock.ts"],
    types: ["src/ports.ts", "src/store.ts"],
    packages: ["kysely", "pg"],
    node: ["crypto", "fs", "path", "sqlite", "worker_threads"],
  },

  // Whether an address is public is judged in one place.
  "adapters/http": {
    values: ["src/address.ts"],
    types: ["src/ports.ts"],
    node: ["http", "https", "net", "tls"],
  },

  // Chat rims: pages, and the types App and Request.
  "adapters/terminal": {
    // Words are joined into a line as the App splits it; foreign text is made visible by one function.
    values: [...CHAT.values, "src/text"],
    // `--json` prints the Result as it is, and the exit status is read from it.
    types: [...CHAT.types, "src/results"],
    // Files named in the arguments.
    node: ["crypto", "fs", "readline", "stream", "tty"],
  },
  "adapters/web": {
    // A question's body is read under the same limits as the gates' bodies.
    values: [...CHAT.values, "adapters/body.ts"],
    // A page that breaks is logged; what is said later is kept in the store.
    types: [...CHAT.types, "src/ports.ts", "src/store.ts"],
    node: ["crypto", "fs", "http"],
  },
  // A body under limits, before any library sees it.
  "adapters/body.ts": { values: [], types: ["src/ports.ts"], node: ["http"] },
  "adapters/slack": {
    // Pages within Slack's numbers; what Slack did to a typed line undone; the few words of its own.
    values: [...CHAT.values, "adapters/body.ts", "src/text"],
    types: [...CHAT.types, "src/ports.ts", "src/results", "src/store.ts"],
    packages: ["@slack/bolt", "zod"],
    node: ["crypto", "http", "querystring"],
  },
  "adapters/teams": {
    // Pages within Teams' numbers; what Teams did to a typed line undone; the few words of its own.
    values: [...CHAT.values, "adapters/body.ts", "src/text"],
    types: [...CHAT.types, "src/ports.ts", "src/results", "src/store.ts"],
    packages: ["botbuilder", "jose", "zod"],
    node: ["crypto", "http"],
  },
  // The script of the page runs in a browser and must stand alone.
  "adapters/web/page": { values: [] },

  // The composition root.
  "src/main.ts": { values: ["*"], packages: ["*"], node: ["*"] },
};

/** Folders whose own folders are rooms. */
const SPLIT: ReadonlySet<string> = new Set(["src/checks", "adapters/web/page"]);

interface Import {
  from: string;
  line: number;
  /** A project path, a package, or `node:…`. */
  target: string;
  typeOnly: boolean;
}

/** The room a file lies in. */
function roomOf(file: string): string {
  const parts = file.split("/");
  if (file.startsWith("adapters/web/page/")) return "adapters/web/page";
  if (/^src\/checks\/(?!check\.|index\.)[a-z-]+\.ts$/.test(file)) return "src/checks/*.ts";
  const first = parts.slice(0, 2).join("/");
  return parts.slice(0, SPLIT.has(first) ? 3 : 2).join("/");
}

function filesOf(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.split(path.sep).join("/")}`)
    .filter((name) => /\.(?:ts|js)$/.test(name) && !name.endsWith(".d.ts"))
    .sort();
}

/** Every import of a file: static, re-exported, dynamic, `import("…").Type`, and `require`. */
function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(path.join(ROOT, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
    file.endsWith(".js") ? ts.ScriptKind.JS : ts.ScriptKind.TS,
  );
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, typeOnly: boolean): void => {
    if (node === undefined) return;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const said = ts.isStringLiteralLike(node) ? node.text : `(computed: ${node.getText()})`;
    const target = said.startsWith(".") ? path.posix.join(path.posix.dirname(file), said) : said;
    found.push({ from: file, line, target, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument, true);
    else if (ts.isCallExpression(node) && isLoad(node.expression)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isLoad(called: ts.Expression): boolean {
  return (
    called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === "require")
  );
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length > 0 &&
    namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly)
  );
}

function allows(list: readonly string[] | undefined, target: string): boolean {
  return (list ?? []).some((each) => each === "*" || each === target || target.startsWith(`${each}/`));
}

/** What is wrong with an import, or null. */
function judge({ from, line, target, typeOnly }: Import): string | null {
  const room = roomOf(from);
  const rule = ROOMS[room];
  if (rule === undefined) return null;
  const where = `${from}:${line} imports ${target}`;
  const here = `ROOMS["${room}"] in test/boundaries.test.ts`;
  if (target.startsWith("node:"))
    return allows(rule.node, target.slice(5)) ? null : `${where}: not among \`node\` of ${here}`;
  if (!/^(?:src|adapters|test|bin|docs)\//.test(target)) {
    const name = target
      .split("/")
      .slice(0, target.startsWith("@") ? 2 : 1)
      .join("/");
    return allows(rule.packages, name) ? null : `${where}: not among \`packages\` of ${here}`;
  }
  if (target.startsWith("test/")) return `${where}: the product never imports its tests`;
  if (roomOf(target) === room || allows(rule.values, target)) return null;
  if (typeOnly && allows(rule.types, target)) return null;
  return allows(rule.types, target)
    ? `${where} as a value; ${here} allows its types alone (\`import type\`)`
    : `${where}: not allowed by ${here}. Move the code, or change the table with the reason beside the line`;
}

const FILES = [...filesOf("src"), ...filesOf("adapters")];
const IMPORTS = FILES.flatMap(importsOf);
/** Rooms that stand in the table before their first file does. */
const EXISTING = new Set(FILES.map(roomOf));

describe("who may import whom", () => {
  it("has a line in the table for every room", () => {
    const missing = [...EXISTING]
      .filter((room) => !Object.hasOwn(ROOMS, room))
      .map(
        (room) =>
          `add "${room}": { values: [...] } to ROOMS in test/boundaries.test.ts and a line to docs/architecture.md`,
      );
    expect(missing).toEqual([]);
  });

  it("has no line in the table for a room that is gone", () => {
    const gone = Object.keys(ROOMS)
      // A pattern stands for files to come.
      .filter((room) => !room.includes("*") && !EXISTING.has(room))
      .map((room) => `remove "${room}" from ROOMS in test/boundaries.test.ts`);
    expect(gone).toEqual([]);
  });

  it("speaks only of rooms and files that exist", () => {
    const paths = Object.entries(ROOMS).flatMap(([room, { values, types = [] }]) =>
      [...values, ...types].map((target) => ({ room, target })),
    );
    const gone = paths
      .filter(({ target }) => target !== "*" && !existsSync(path.join(ROOT, target)))
      .map(({ room, target }) => `remove "${target}" from ROOMS["${room}"] in test/boundaries.test.ts`);
    expect(gone).toEqual([]);
  });

  it("imports nothing that the table does not allow", () => {
    expect(IMPORTS.map(judge).filter((wrong) => wrong !== null)).toEqual([]);
  });

  it("reads the imports at all", () => {
    expect(IMPORTS.length).toBeGreaterThan(FILES.length);
    expect(IMPORTS).toContainEqual(
      expect.objectContaining({ from: "src/spf/tree.ts", target: "src/ports.ts", typeOnly: true }),
    );
  });

  it("allows nothing by mistake", () => {
    const at = (from: string, target: string, typeOnly = false) => judge({ from, line: 1, target, typeOnly });
    expect(at("src/view/doc.ts", "src/ports.ts", true)).toContain("not allowed");
    expect(at("src/spf/tree.ts", "src/commands/app.ts")).toContain("not allowed");
    expect(at("src/spf/tree.ts", "src/ports.ts")).toContain("types alone");
    expect(at("src/spf/tree.ts", "node:dns")).toContain("`node`");
    expect(at("src/text/say.ts", "zod")).toContain("`packages`");
    expect(at("adapters/web/server.ts", "src/checks/spf/index.ts")).toContain("not allowed");
    expect(at("adapters/web/server.ts", "adapters/terminal/index.ts")).toContain("not allowed");
    expect(at("src/main.ts", "adapters/web/server.ts")).toBeNull();
  });

  it("has every npm package that is imported among the dependencies", () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const missing = IMPORTS.filter(({ target }) => !/^(?:node:|src\/|adapters\/)/.test(target))
      .filter(({ target }) => !Object.hasOwn(dependencies, target))
      .map(({ from, target }) => `${from}: add ${target} to dependencies in package.json`);
    expect(missing).toEqual([]);
  });
});
