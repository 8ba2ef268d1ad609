/** Parts of the policy's page: the tree, the terms, the networks. */
import { HEADINGS, networksMore } from "../messages/pages.ts";
import type { PolicyData, TreeNodeData } from "../results/spf.ts";
import { say, type Sentence } from "../text/say.ts";
import { codeInline, lineOf, text } from "./line.ts";
import type { Block, Branch, Line, Section, State } from "./doc.ts";

/** Networks on a page. */
const NETWORKS_SHOWN = 100;

type TroubleCode = NonNullable<TreeNodeData["trouble"]>["code"];

const TROUBLES: Record<TroubleCode, { state: State; words: Sentence }> = {
  "no-target": { state: "error", words: say`no SPF record there` },
  "several-records": { state: "error", words: say`several SPF records` },
  syntax: { state: "error", words: say`syntax error` },
  loop: { state: "error", words: say`leads back in a circle` },
  "mx-limit": { state: "error", words: say`too many MX hosts` },
  void: { state: "warning", words: say`finds nothing` },
  failed: { state: "unknown", words: say`could not check` },
  "not-read": { state: "unknown", words: say`not read: our own limit` },
};

/** "(SendGrid)": whose name a term asks for. */
function ownerOf(provider: string): Line {
  return [text(`(${provider})`)];
}

function noteOf(node: TreeNodeData): Line {
  const notes: Line[] = node.provider === null ? [] : [ownerOf(node.provider)];
  if (node.trouble !== null) {
    const { code, detail } = node.trouble;
    const words = lineOf(TROUBLES[code].words);
    notes.push(code === "void" ? [...words, text(` for ${detail.replace(" ", " and ")} senders`)] : words);
  }
  if (node.depends.length > 0)
    notes.push(
      node.example === null
        ? [text("depends on the message")]
        : [text("depends on the message, such as "), codeInline(node.example, 120)],
    );
  if (!node.reached) notes.push([text("not reached")]);
  if (node.kind === "mx" && node.hosts.length > 0)
    notes.push([codeInline(node.hosts.slice(0, 4).join(" "), 160)]);
  return notes.flatMap((note, index) => (index === 0 ? note : [text("; "), ...note]));
}

function branchOf(node: TreeNodeData, limit: number): Branch {
  const state = node.trouble === null ? null : TROUBLES[node.trouble.code].state;
  const over = node.spent > limit ? "error" : null;
  const mark = { text: String(node.cost), ...((state ?? over) === null ? {} : { state: (state ?? over)! }) };
  const note = noteOf(node);
  return {
    label: [codeInline(node.term ?? node.domain ?? "", 120)],
    mark,
    ...(note.length > 0 ? { note } : {}),
    ...(state === null ? {} : { state }),
    children: node.children.map((child) => branchOf(child, limit)),
  };
}

export function treeSection({ tree, lookupLimit }: PolicyData): Section[] {
  if (tree === null || tree.children.length === 0) return [];
  const root = branchOf(tree, lookupLimit);
  const label = "Lookups by branch; receivers stop after ten in all";
  return [{ id: "tree", title: HEADINGS.tree, folded: false, blocks: [{ kind: "tree", label, root }] }];
}

export function termsSection({ terms }: PolicyData): Section[] {
  if (terms.length === 0) return [];
  const rows = terms.map((term) => [
    [codeInline(term.text, 120), ...(term.provider === null ? [] : [text(" "), ...ownerOf(term.provider)])],
    [text(String(term.lookups))],
    lineOf(term.meaning),
  ]);
  const blocks: Block[] = [
    { kind: "table", caption: HEADINGS.terms, head: ["Term", "Lookups", "Meaning"], rows },
  ];
  return [{ id: "terms", title: HEADINGS.terms, folded: true, blocks }];
}

export function networksSection({ networks, networkCount }: PolicyData): Section[] {
  if (networks.length === 0) return [];
  const shown = networks.slice(0, NETWORKS_SHOWN);
  const rows = shown.map(({ network, term, via }) => [
    [codeInline(network)],
    [codeInline(term, 80)],
    [codeInline(via.at(-1) ?? "", 80)],
  ]);
  const blocks: Block[] = [
    { kind: "table", caption: HEADINGS.networks, head: ["Network", "By", "In the record of"], rows },
  ];
  if (networkCount > shown.length)
    blocks.push({ kind: "text", line: lineOf(networksMore(shown.length, networkCount)) });
  return [{ id: "networks", title: HEADINGS.networks, folded: true, blocks }];
}
