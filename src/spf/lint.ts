/** Reads a counted tree and emits what is to be said about it: pure, in the order in which it is found. */
import { readable } from "../text/octets.ts";
import { covers, formatNetwork, reservedUse } from "./ip.ts";
import type { Emit } from "./issues.ts";
import {
  BROAD_PREFIX,
  LOOKUPS_MAX,
  LOOKUPS_NEAR,
  MX_HOSTS_MAX,
  STRING_MAX,
  VOIDS_MAX,
  WIDE_PREFIX,
} from "./limits.ts";
import { expand, lettersOf, nameOf } from "./macro.ts";
import { mendRecord } from "./mend.ts";
import type { Directive, MacroLetter, MacroString, SpfRecord, Term } from "./term.ts";
import { nodesOf, type SpfTree, type Trouble, type TreeNode } from "./tree.ts";

/** Everything that the tree itself shows; `elsewhere`: names near the domain where a record was found that nobody reads. */
export function lintTree(tree: SpfTree, emit: Emit, elsewhere: readonly string[] = []): void {
  lintPublished(tree, elsewhere, emit);
  if (tree.root.record !== null) lintOwnRecord(tree.root.record, tree.domain, emit);
  for (const node of nodesOf(tree.root)) lintNode(node, tree, emit);
  lintLimits(tree, emit);
  lintRepeats(tree, emit);
}

function lintPublished({ published, domain }: SpfTree, elsewhere: readonly string[], emit: Emit): void {
  if (published.kind === "several") {
    const records = published.texts.map(readable);
    emit("several-records", domain, {
      domain,
      via: null,
      count: records.length,
      records: records.slice(0, 5),
    });
  }
  if (published.kind === "none") emit("missing", domain, { domain, why: published.why, elsewhere });
  if (published.kind !== "no-spf") return;
  if (published.nearMisses.length === 0) emit("missing", domain, { domain, why: "no-spf", elsewhere });
  for (const text of published.nearMisses) {
    const { text: mended, complete, changes } = mendRecord(text);
    const kinds = changes.map(({ kind }) => kind);
    emit("near-miss", domain, { text: readable(text), mended: complete ? mended : null, changes: kinds });
  }
}

/** What stands in the domain's own record. */
function lintOwnRecord(record: SpfRecord, domain: string, emit: Emit): void {
  lintEnd(record, domain, emit);
  for (const term of record.terms) {
    if (term.kind === "unknown-modifier") lintModifier(term, domain, emit);
    if (term.kind === "ip4" || term.kind === "ip6") lintNetwork(term, domain, emit);
    if (term.kind === "ptr") emit("ptr", term.text, { domain, term: term.text });
    if ("target" in term && term.target !== null) lintMacros(term, term.target, domain, emit);
  }
  lintDuplicates(record, domain, emit);
  lintCovered(record, domain, emit);
  if (record.text.length > STRING_MAX)
    emit("long-record", domain, {
      octets: record.text.length,
      strings: Math.ceil(record.text.length / STRING_MAX),
    });
}

function lintEnd({ all, directives, redirect, errors }: SpfRecord, domain: string, emit: Emit): void {
  if (errors.length > 0) return;
  if (all === null) {
    if (redirect === null) emit("no-all", domain, { domain });
    return;
  }
  if (all.qualifier === "+") emit("all-pass", all.text, { domain, term: all.text, via: null });
  if (all.qualifier === "?") emit("all-neutral", all.text, { domain, term: all.text });
  const after = directives.filter(({ index }) => index > all.index).map(({ text }) => text);
  if (after.length > 0) emit("after-all", after[0]!, { domain, all: all.text, terms: after });
  if (redirect !== null)
    emit("redirect-beside-all", redirect.text, { domain, term: redirect.text, all: all.text });
}

/** Modifiers that other documents define (RFC 6652 §3: ra, rp, rr). */
const KNOWN_MODIFIERS: ReadonlySet<string> = new Set(["ra", "rp", "rr"]);

function lintModifier(term: Extract<Term, { kind: "unknown-modifier" }>, domain: string, emit: Emit): void {
  const { changes, text } = mendRecord(`v=spf1 ${term.text}`);
  if (changes.length > 0) {
    const suggestion = text.slice("v=spf1 ".length);
    emit("meant-mechanism", term.text, {
      domain,
      term: term.text,
      suggestion: suggestion === "" ? null : suggestion,
    });
  } else if (!KNOWN_MODIFIERS.has(term.name.toLowerCase()))
    emit("unknown-modifier", term.text, { domain, term: term.text });
}

function lintNetwork(term: Extract<Directive, { kind: "ip4" | "ip6" }>, domain: string, emit: Emit): void {
  const { network, text } = term;
  const shown = formatNetwork(network);
  const reserved = reservedUse(network);
  if (reserved !== null && network.prefix > 0)
    emit("reserved-network", text, { domain, term: text, network: shown, ...reserved });
  if (term.qualifier !== "+") return;
  const addresses = sizeOf(network.octets.length * 8 - network.prefix);
  const wide = network.prefix <= WIDE_PREFIX[network.family];
  const broad = network.prefix <= BROAD_PREFIX[network.family];
  if (wide) emit("wide-network", text, { domain, term: text, network: shown, addresses });
  else if (broad && reserved === null)
    emit("broad-network", text, { domain, term: text, network: shown, addresses });
}

/** 2^bits in digits. */
function sizeOf(bits: number): string {
  return (1n << BigInt(bits)).toLocaleString("en-US");
}

/** Values of the example message: what a term with macros would ask for. */
const EXAMPLES: Readonly<Record<MacroLetter, string>> = {
  s: "user@example.com",
  l: "user",
  o: "example.com",
  d: "example.com",
  i: "192.0.2.1",
  p: "mail.example.com",
  v: "in-addr",
  h: "mail.example.com",
  c: "192.0.2.1",
  r: "mx.example.net",
  t: "0",
};

/** The name that a macro-string asks for with an example message from `domain`: client 192.0.2.1, sender user@domain. */
export function exampleOf(target: MacroString, domain: string): string | null {
  const own: Partial<Record<MacroLetter, string>> = {
    s: `user@${domain}`,
    o: domain,
    d: domain,
    p: `mail.${domain}`,
    h: `mail.${domain}`,
  };
  const expanded = expand(target, (letter) => own[letter] ?? EXAMPLES[letter]);
  return expanded === null ? null : nameOf(expanded);
}

function lintMacros(term: Term, target: MacroString, domain: string, emit: Emit): void {
  const letters = [...lettersOf(target)];
  if (letters.includes("p")) emit("macro-p", term.text, { domain, term: term.text });
  if (letters.length === 0 || term.kind === "exp") return;
  emit("macro", term.text, { domain, term: term.text, letters, example: exampleOf(target, domain) });
}

function lintDuplicates({ directives }: SpfRecord, domain: string, emit: Emit): void {
  const seen = new Map<string, Directive[]>();
  for (const term of directives) {
    const key = term.text.toLowerCase().replace(/^\+/, "");
    seen.set(key, [...(seen.get(key) ?? []), term]);
  }
  for (const [first, ...more] of seen.values())
    if (first !== undefined && more.length > 0 && first.kind !== "all")
      emit("duplicate", first.text, { domain, term: first.text, times: more.length + 1 });
}

/** A network inside one that comes before it, or before which an include cannot turn anything away. */
function lintCovered({ directives }: SpfRecord, domain: string, emit: Emit): void {
  const networks = directives.filter((term) => term.kind === "ip4" || term.kind === "ip6");
  for (const [index, term] of networks.entries()) {
    const by = networks.slice(0, index).find((each) => covers(each.network, term.network));
    if (by === undefined || by.text.toLowerCase() === term.text.toLowerCase()) continue;
    emit("covered", term.text, { domain, term: term.text, by: by.text });
  }
}

type Linter<C extends Trouble["code"]> = (
  trouble: Extract<Trouble, { code: C }>,
  node: TreeNode,
  tree: SpfTree,
  emit: Emit,
) => void;

const TROUBLES: { [C in Trouble["code"]]: Linter<C> } = {
  "no-target": (trouble, node, _tree, emit) => {
    const { term, within } = node;
    if (term === null) return;
    const nearMiss = trouble.nearMisses[0];
    const { text, changes } = mendRecord(`v=spf1 ${term.text}`);
    emit("no-target", term.text, {
      domain: within,
      term: term.text,
      target: node.domain ?? "",
      why: trouble.why,
      nearMiss: nearMiss === undefined ? null : readable(nearMiss),
      suggestion: changes.length > 0 ? text.slice("v=spf1 ".length) : null,
    });
  },
  "several-records": ({ texts }, { term, domain }, _tree, emit) => {
    if (term === null) return;
    const records = texts.map(readable);
    emit("several-records", term.text, {
      domain: domain ?? "",
      via: term.text,
      count: records.length,
      records: records.slice(0, 5),
    });
  },
  syntax: ({ errors }, node, _tree, emit) => {
    const domain = node.domain ?? node.within;
    for (const { kind, term, part, start } of errors) {
      const { text, complete } = mendRecord(`v=spf1 ${term}`);
      const suggestion = complete ? text.slice("v=spf1 ".length) : null;
      emit("syntax", readable(term), {
        domain,
        own: node.term === null,
        kind,
        term: readable(term),
        part: readable(part),
        offset: start,
        suggestion,
      });
    }
  },
  loop: ({ path }, { term, within }, _tree, emit) => {
    emit("loop", term?.text ?? within, { domain: within, term: term?.text ?? "", path });
  },
  "mx-limit": ({ hosts }, { term, within }, _tree, emit) => {
    emit("mx-limit", term?.text ?? within, {
      domain: within,
      term: term?.text ?? "",
      hosts,
      limit: MX_HOSTS_MAX,
    });
  },
  void: ({ why, families }, { term, within, domain }, _tree, emit) => {
    emit("void", term?.text ?? within, {
      domain: within,
      term: term?.text ?? "",
      name: domain ?? "",
      why,
      families,
    });
  },
  failed: ({ name, type, why }, { term }, _tree, emit) => {
    emit("failed", name, { term: term?.text ?? null, name, type, why });
  },
  // Told once for the whole tree.
  "not-read": () => undefined,
};

function lintNode(node: TreeNode, tree: SpfTree, emit: Emit): void {
  const { trouble, term, record, domain } = node;
  if (trouble !== null) (TROUBLES[trouble.code] as Linter<Trouble["code"]>)(trouble, node, tree, emit);
  if (term === null) return;
  const host = term.kind === "include" || term.kind === "redirect" ? null : node.domain;
  if (host !== null && nameOf(host) === null)
    emit("bad-name", term.text, { domain: node.within, term: term.text, name: host });
  if (record?.all?.qualifier === "+" && record.errors.length === 0)
    emit("all-pass", term.text, { domain: domain ?? "", term: record.all.text, via: term.text });
  lintIncluded(node, emit);
}

/** What is wrong in an included record that its users cannot see from their own. */
function lintIncluded({ record, domain, trouble }: TreeNode, emit: Emit): void {
  if (record === null || trouble?.code === "loop") return;
  for (const term of record.directives) {
    if (term.kind === "ptr") emit("ptr", term.text, { domain: domain ?? "", term: term.text });
    if ((term.kind !== "ip4" && term.kind !== "ip6") || term.qualifier !== "+") continue;
    if (term.network.prefix > WIDE_PREFIX[term.network.family]) continue;
    const addresses = sizeOf(term.network.octets.length * 8 - term.network.prefix);
    emit("wide-network", term.text, {
      domain: domain ?? "",
      term: term.text,
      network: formatNetwork(term.network),
      addresses,
    });
  }
}

function lintLimits(tree: SpfTree, emit: Emit): void {
  const { domain, lookupsWhole: lookups, partial } = tree;
  const notRead = [...nodesOf(tree.root)].filter(({ trouble }) => trouble?.code === "not-read").length;
  if (notRead > 0) emit("not-read", domain, { names: notRead });
  if (lookups > LOOKUPS_MAX) {
    const worst = [...tree.root.children].sort((a, b) => b.cost - a.cost)[0];
    emit("lookup-limit", domain, {
      lookups,
      limit: LOOKUPS_MAX,
      worst: worst?.term?.text ?? null,
      saves: worst?.cost ?? 0,
      partial,
    });
  } else if (lookups >= LOOKUPS_NEAR) emit("lookups-near", domain, { lookups, limit: LOOKUPS_MAX });
  lintVoids(tree, emit);
}

/** Terms that find nothing, by family; those that depend on the message or the client only count as possible. */
function lintVoids(tree: SpfTree, emit: Emit): void {
  const nodes = [...nodesOf(tree.root)];
  const certain = ([4, 6] as const).map((family) => ({
    family,
    terms: nodes.flatMap(({ trouble, term }) =>
      trouble?.code === "void" && trouble.families.includes(family) && term !== null ? [term.text] : [],
    ),
  }));
  const over = certain.filter(({ terms }) => terms.length > VOIDS_MAX);
  if (over.length === 2)
    emit("void-limit", tree.domain, {
      voids: over[0]!.terms.length,
      limit: VOIDS_MAX,
      terms: over[0]!.terms,
    });
  else if (over.length === 1) {
    const { family, terms } = over[0]!;
    emit("void-limit-family", tree.domain, { voids: terms.length, limit: VOIDS_MAX, family, terms });
  }
  const voids = Math.max(tree.voids[4], tree.voids[6]);
  if (over.length > 0 || voids <= VOIDS_MAX) return;
  const possible = nodes.flatMap(({ trouble, term, depends }) =>
    term !== null && (trouble?.code === "void" || depends.length > 0 || term.kind === "ptr")
      ? [term.text]
      : [],
  );
  emit("void-limit-possible", tree.domain, { voids, limit: VOIDS_MAX, terms: possible });
}

/** A record that is included from several places is paid for each time (RFC 7208 §4.6.4). */
function lintRepeats({ root }: SpfTree, emit: Emit): void {
  const seen = new Map<string, { times: number; cost: number }>();
  for (const { term, domain, cost, trouble } of nodesOf(root)) {
    if (term?.kind !== "include" || domain === null || trouble?.code === "loop") continue;
    const entry = seen.get(domain.toLowerCase()) ?? { times: 0, cost };
    entry.times += 1;
    seen.set(domain.toLowerCase(), entry);
  }
  for (const [target, { times, cost }] of seen)
    if (times > 1) emit("repeated-include", target, { target, times, cost });
}
