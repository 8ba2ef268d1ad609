/** The tree of a policy as JSON: texts readable, names in presentation form, nothing that is not plain data. */
import { explainTerm } from "../../messages/topics.ts";
import { matcher } from "../../providers/index.ts";
import type { PolicyData, ProposalData, TreeNodeData } from "../../results/spf.ts";
import { quoteStrings, splitStrings } from "../../spf/edit.ts";
import { exampleOf } from "../../spf/lint.ts";
import { formatNetwork } from "../../spf/ip.ts";
import { LOOKUPS_MAX } from "../../spf/limits.ts";
import type { Proposal } from "../../spf/propose.ts";
import type { SpfRecord } from "../../spf/term.ts";
import type { SpfTree, Trouble, TreeNode } from "../../spf/tree.ts";
import { readable } from "../../text/octets.ts";
import { toldData } from "../../told.ts";

/** Records shown where a name has several; source: suites/bad-inputs SPF-076. */
const RECORDS_SHOWN = 5;
/** Networks listed in an answer; the count is always given. */
const NETWORKS_SHOWN = 500;

/** The JSON of a tree; `example` names are those of a message from the domain. */
export function policyData(tree: SpfTree, proposal: ProposalData | null, assumed: boolean): PolicyData {
  const { published, root, answer, domain } = tree;
  const records = published.kind === "several" ? published.texts : [];
  return {
    status: tree.status,
    record: published.kind === "record" ? readable(published.record.text) : null,
    records: records.slice(0, RECORDS_SHOWN).map(readable),
    recordCount: published.kind === "several" ? records.length : published.kind === "record" ? 1 : 0,
    assumed,
    lookups: tree.lookups,
    lookupsWhole: tree.lookupsWhole,
    lookupLimit: LOOKUPS_MAX,
    voids: tree.voids[4],
    voidsIp6: tree.voids[6],
    partial: tree.partial,
    loops: tree.loops,
    tree: published.kind === "record" ? nodeData(root, domain) : null,
    terms: root.record === null ? [] : termsData(root.record, root),
    networks: tree.authorised.slice(0, NETWORKS_SHOWN).map(({ network, term, path }) => ({
      network: formatNetwork(network),
      term: term.text,
      via: [...path],
    })),
    networkCount: tree.authorised.length,
    proposal,
    told: answer.kind === "failed" ? null : toldData(answer, domain),
  };
}

function termsData({ terms }: SpfRecord, root: TreeNode): PolicyData["terms"] {
  return terms.map((term) => {
    const node = root.children.find((child) => child.term?.index === term.index);
    const provider = node === undefined ? null : providerOf(node);
    return { text: term.text, lookups: node?.cost ?? 0, provider, meaning: explainTerm(term) };
  });
}

/** The name of the provider that a term of an SPF record points to; null where the directory does not know it. */
export function providerOfTerm(text: string): string | null {
  const name = /^[+?~-]?(?:include:|a:|exists:|redirect=)([^/]+)/i.exec(text)?.[1];
  return name === undefined ? null : (matcher().spf(name)?.name ?? null);
}

/** The same for a node of the tree; `mx` points to whoever owns the first host. */
function providerOf({ term, hosts }: TreeNode): string | null {
  if (term === null) return null;
  const [host] = hosts;
  return term.kind === "mx" && host !== undefined
    ? (matcher().mx(host)?.name ?? null)
    : providerOfTerm(term.text);
}

function nodeData(node: TreeNode, top: string): TreeNodeData {
  const { term, answer, domain } = node;
  const target = term !== null && "target" in term ? term.target : null;
  return {
    domain,
    term: term?.text ?? null,
    kind:
      term === null || term.kind === "all" || term.kind === "ip4" || term.kind === "ip6"
        ? "domain"
        : term.kind,
    record: node.record === null ? null : readable(node.record.text),
    cost: node.cost,
    voids: { ip4: node.voids[4], ip6: node.voids[6] },
    spent: node.spent,
    reached: node.reached,
    trouble: node.trouble === null ? null : { code: node.trouble.code, detail: detailOf(node.trouble) },
    depends: [...node.depends],
    example: node.depends.length > 0 && target !== null ? exampleOf(target, top) : null,
    hosts: [...node.hosts],
    provider: providerOf(node),
    told: answer === null || answer.kind === "failed" || domain === null ? null : toldData(answer, domain),
    children: node.children.map((child) => nodeData(child, top)),
  };
}

const DETAILS: { [C in Trouble["code"]]: (trouble: Extract<Trouble, { code: C }>) => string } = {
  "no-target": ({ why }) => why,
  "several-records": ({ texts }) => String(texts.length),
  syntax: ({ errors }) => errors.map(({ term }) => readable(term)).join(" "),
  loop: ({ path }) => path.join(" > "),
  "mx-limit": ({ hosts }) => String(hosts),
  void: ({ families }) => families.map((family) => `IPv${String(family)}`).join(" "),
  failed: ({ why }) => why,
  "not-read": () => "",
};

function detailOf(trouble: Trouble): string {
  return (DETAILS[trouble.code] as (trouble: Trouble) => string)(trouble);
}

/** A proposal with what reading it back showed. */
export function proposalData({ text, changes, edits }: Proposal, after: SpfTree): ProposalData {
  return {
    record: text,
    strings: splitStrings(text),
    quoted: quoteStrings(text),
    changes: [
      ...changes.map(({ kind, from, to }) => ({ reason: kind, from, to })),
      ...edits.map(({ reason, term }) =>
        reason === "added" || reason === "merged" || reason === "all-kept" || reason === "redirect-to-include"
          ? { reason, from: "", to: term }
          : { reason, from: term, to: "" },
      ),
    ],
    status: after.status,
    lookups: after.lookupsWhole,
    voids: after.voids[4],
  };
}
