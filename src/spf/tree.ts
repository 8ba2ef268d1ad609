/** The cost tree: what a whole policy adds up to, branch by branch and in the order evaluated, for an address that nothing matches. */
import type { Dns, Name } from "../ports.ts";
import { readPolicy, type Policy, type Redirect } from "./graph.ts";
import type { Published, TextAnswer } from "./record.ts";
import type { Directive, MacroLetter, Network, RecordError, SpfRecord } from "./term.ts";
import { Walk } from "./walk.ts";

/** What is wrong with a branch. */
export type Trouble =
  /** An include or redirect without an SPF record behind it (RFC 7208 §5.2, §6.1): permerror for whoever reaches it. */
  | { code: "no-target"; why: "nxdomain" | "nodata" | "no-spf" | "bad-name"; nearMisses: readonly string[] }
  | { code: "several-records"; texts: readonly string[] }
  | { code: "syntax"; errors: readonly RecordError[] }
  /** Leads back to a record that it is part of. */
  | { code: "loop"; path: readonly Name[] }
  | { code: "mx-limit"; hosts: number }
  /** The term's own query finds nothing. `families`: for clients of which family. */
  | { code: "void"; why: "nxdomain" | "nodata"; families: readonly (4 | 6)[] }
  /** DNS did not answer; nothing is known. */
  | { code: "failed"; name: Name; type: string; why: string }
  /** Beyond the number of names read for one tree. */
  | { code: "not-read" };

/** One term that asks DNS, or the domain itself at the root; `children` are the terms of the record behind it. */
export interface TreeNode {
  /** The name asked for; null where it depends on the message. */
  domain: Name | null;
  term: Directive | Redirect | null;
  /** The record the term stands in. */
  within: Name;
  record: SpfRecord | null;
  /** Lookups of this branch, its own included. */
  cost: number;
  /** Empty-handed terms of this branch in the worst case, for IPv4 and IPv6 clients. */
  voids: { 4: number; 6: number };
  /** Lookups spent once this term has been paid for: the place where it sits in the count. */
  spent: number;
  trouble: Trouble | null;
  /** Letters of macros that only a message can fill in. */
  depends: readonly MacroLetter[];
  /** Whether an evaluation can come here: false behind a branch or a limit that ends it. */
  reached: boolean;
  /** The hosts of an `a` or `mx`. */
  hosts: readonly Name[];
  answer: TextAnswer | null;
  children: TreeNode[];
}

/** A network whose clients pass, by `term` (one of the domain's own record) or by an earlier one. */
export interface Authorised {
  network: Network;
  term: Directive | Redirect;
  /** The names of the records on the way, the domain first. */
  path: readonly Name[];
  /** The directive that holds the network. */
  source: Directive;
  /** Parts of it that an earlier term turns away. */
  except: readonly Network[];
  /** An earlier term may turn some of it away, which only a message can tell. */
  conditional: boolean;
}

export type Status = "valid" | "none" | "permerror" | "temperror";

/** Why an evaluation that nothing matches ends before its end. */
export interface Ending {
  result: "permerror" | "temperror";
  code: Trouble["code"] | "lookup-limit" | "void-limit";
  node: TreeNode;
}

export interface SpfTree {
  domain: Name;
  published: Published;
  answer: TextAnswer;
  root: TreeNode;
  /** What every evaluator that reaches every term must answer; else "valid". */
  status: Status;
  /** What ends an evaluation early, for IPv4 and IPv6 clients. */
  ending: { 4: Ending | null; 6: Ending | null };
  /** Lookups that an evaluation spends when nothing matches and no limit stops it; above 500 counting stops. */
  lookups: number;
  /** The same for the whole policy, as if no branch ended the evaluation early. */
  lookupsWhole: number;
  /** Terms that find nothing, for IPv4 and IPv6 clients, in the worst case. */
  voids: { 4: number; 6: number };
  /** Single queries that find nothing, as receivers count that do not count terms. */
  voidQueries: { 4: number; 6: number };
  authorised: readonly Authorised[];
  /** Something was not read or DNS did not answer: the figures are at least these. */
  partial: boolean;
  loops: boolean;
}

/** The tree of a policy that has been read. */
export function countPolicy(policy: Policy): SpfTree {
  const four = new Walk(policy, 4);
  const six = new Walk(policy, 6);
  const root = four.run();
  addVoids(root, six.run());
  const top = policy.names.get(policy.domain.toLowerCase())!;
  const at = { 4: four.stopped ?? four, 6: six.stopped ?? six };
  root.cost = four.lookups;
  root.voids = { 4: four.voids, 6: six.voids };
  return {
    domain: policy.domain,
    published: top.published,
    answer: top.answer,
    root,
    status: statusOf(top.published, four.ending, six.ending),
    ending: { 4: four.ending, 6: six.ending },
    lookups: Math.max(at[4].lookups, at[6].lookups),
    lookupsWhole: Math.max(four.lookups, six.lookups),
    voids: { 4: at[4].voids, 6: at[6].voids },
    voidQueries: { 4: at[4].voidQueries, 6: at[6].voidQueries },
    authorised: [...four.scope.passing, ...six.scope.passing],
    partial: four.partial || six.partial,
    loops: four.loops || six.loops,
  };
}

/** The walks for both families draw the same tree; the second brings its own voids. */
function addVoids(node: TreeNode, other: TreeNode): void {
  node.voids[6] = other.voids[6];
  for (const [index, child] of node.children.entries()) {
    const twin = other.children[index];
    if (twin !== undefined) addVoids(child, twin);
  }
}

function statusOf(published: Published, four: Ending | null, six: Ending | null): Status {
  if (published.kind === "failed") return "temperror";
  if (published.kind === "none" || published.kind === "no-spf") return "none";
  if (four === null || six === null) return "valid";
  return four.result === six.result ? four.result : "temperror";
}

/** Reads the whole policy of `domain` and counts it. */
export async function walkSpf(dns: Dns, domain: Name): Promise<SpfTree> {
  return countPolicy(await readPolicy(dns, domain));
}

/** The nodes of a tree in the order evaluated. */
export function* nodesOf(node: TreeNode): Generator<TreeNode> {
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}
