/**
 * One walk over a policy, for clients of one family that nothing matches: the same terms as the evaluator reads, in the same order,
 * counted by the same rules (RFC 7208 §4.6.4). It goes on where an evaluation would end, and keeps where that was.
 */
import type { Answer, Name } from "../ports.ts";
import type { HostAnswers, Policy, Redirect, TermFacts } from "./graph.ts";
import { mxHosts } from "./hosts.ts";
import { covers, IPV4_MAPPED, readAddress } from "./ip.ts";
import { COUNT_MAX, LOOKUPS_MAX, MX_HOSTS_MAX, TREE_NODES_MAX, VOIDS_MAX } from "./limits.ts";
import type { Published } from "./record.ts";
import type { Directive, Network, SpfRecord } from "./term.ts";
import type { Authorised, Ending, Trouble, TreeNode } from "./tree.ts";

export const FAMILIES = [4, 6] as const;
export type Family = (typeof FAMILIES)[number];

/** How a record ends for an address that nothing matches: "pass" matches everyone, "ended" is an error for everyone. */
type Outcome = "pass" | "miss" | "ended";

/** What one record's evaluation has settled so far: an include has its own, a redirect goes on with the same. */
interface Scope {
  /** Networks that end this evaluation without a pass. */
  denied: Network[];
  /** Networks that end it with a pass. */
  passing: Authorised[];
  /** A term before this point ends it without a pass for clients that only a message can tell. */
  conditional: boolean;
}

/** Where in the policy a term is read. */
interface Place {
  within: Name;
  /** Names of the records on the way, this one last. */
  trail: readonly Name[];
  scope: Scope;
  /** The term of the domain's own record that led here; null in that record itself. */
  own: Directive | Redirect | null;
  /** Inside a circle: counted, not drawn. */
  circle: boolean;
}

/** Stops a count that has no end. */
class TooMany extends Error {}

function newScope(outer?: Scope): Scope {
  return {
    denied: outer === undefined ? [] : [...outer.denied],
    passing: [],
    conditional: outer?.conditional ?? false,
  };
}

type Hosted = Extract<Directive, { kind: "a" | "mx" }>;

export class Walk {
  lookups = 0;
  voids = 0;
  voidQueries = 0;
  /** The first thing that ends an evaluation, limits included. */
  ending: Ending | null = null;
  /** What had been spent where a permanent error ends it though no limit does; null where nothing does. */
  stopped: { lookups: number; voids: number; voidQueries: number } | null = null;
  partial = false;
  loops = false;
  readonly scope = newScope();
  /** Voids that depend neither on the message nor on who connects. */
  private certainVoids = 0;
  /** A term before this point is an error for everyone in a way that only a message can tell. */
  private mayHaveEnded = false;
  private nodes = 0;
  private readonly policy: Policy;
  private readonly family: Family;

  constructor(policy: Policy, family: Family) {
    this.policy = policy;
    this.family = family;
  }

  /** Walks all of it and gives the tree; a circle is counted until counting stops. */
  run(): TreeNode {
    const root = this.newNode(null, this.policy.domain);
    root.domain = this.policy.domain;
    try {
      this.enter(root, this.policy.domain, {
        within: root.within,
        trail: [],
        scope: this.scope,
        own: null,
        circle: false,
      });
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
    }
    return root;
  }

  private newNode(term: Directive | Redirect | null, within: Name): TreeNode {
    this.nodes += 1;
    const reached = this.stopped === null && this.ending === null;
    const node = {
      domain: null,
      term,
      within,
      record: null,
      cost: 0,
      voids: { 4: 0, 6: 0 },
      spent: this.lookups,
      trouble: null,
    };
    return { ...node, depends: [], reached, hosts: [], answer: null, children: [] };
  }

  /** An evaluation ends here, whatever the limits. */
  private end(node: TreeNode, result: Ending["result"], code: Ending["code"]): void {
    this.ending ??= { result, code, node };
    // Where DNS did not answer, tomorrow's evaluation goes on: the count goes on too.
    if (result === "temperror") return;
    this.stopped ??= { lookups: this.lookups, voids: this.voids, voidQueries: this.voidQueries };
  }

  private spend(node: TreeNode): void {
    this.lookups += 1;
    node.spent = this.lookups;
    if (this.lookups > LOOKUPS_MAX) this.ending ??= { result: "permerror", code: "lookup-limit", node };
    if (this.lookups > COUNT_MAX) throw new TooMany();
  }

  private countVoid(node: TreeNode, certain: boolean): void {
    this.voids += 1;
    this.voidQueries += 1;
    if (!certain) return;
    this.certainVoids += 1;
    if (this.certainVoids > VOIDS_MAX) this.ending ??= { result: "permerror", code: "void-limit", node };
  }

  /** Reads what is behind a name. */
  private enter(node: TreeNode, name: Name, place: Place): Outcome {
    const known = this.policy.names.get(name.toLowerCase());
    if (known === undefined) {
      node.trouble = { code: "not-read" };
      this.partial = true;
      return "miss";
    }
    node.answer = known.answer;
    const { published, answer } = known;
    switch (published.kind) {
      case "failed":
        this.partial = true;
        node.trouble = {
          code: "failed",
          name,
          type: "TXT",
          why: answer.kind === "failed" ? answer.why : "malformed",
        };
        this.end(node, "temperror", "failed");
        return "ended";
      case "several":
        node.trouble = { code: "several-records", texts: published.texts };
        this.end(node, "permerror", "several-records");
        return "ended";
      case "none":
        return this.noTarget(node, published.why, published);
      case "no-spf":
        return this.noTarget(node, "no-spf", published);
      case "record":
        return this.walkRecord(node, name, published.record, known.facts, place);
    }
  }

  private noTarget(
    node: TreeNode,
    why: Extract<Trouble, { code: "no-target" }>["why"],
    published: Published | null,
  ): Outcome {
    node.trouble = {
      code: "no-target",
      why,
      nearMisses: published?.kind === "no-spf" ? published.nearMisses : [],
    };
    // The domain itself without a record is no error: its result is none.
    if (node.term === null) return "miss";
    if (why === "nxdomain" || why === "nodata") this.countVoid(node, true);
    this.end(node, "permerror", "no-target");
    return "ended";
  }

  private walkRecord(
    node: TreeNode,
    name: Name,
    record: SpfRecord,
    facts: readonly TermFacts[],
    place: Place,
  ): Outcome {
    node.record = record;
    if (record.errors.length > 0) {
      node.trouble = { code: "syntax", errors: record.errors };
      this.end(node, "permerror", "syntax");
      return "ended";
    }
    const lower = name.toLowerCase();
    const seen = place.trail.indexOf(lower);
    if (seen >= 0) {
      this.loops = true;
      node.trouble = { code: "loop", path: [...place.trail.slice(seen), lower] };
    }
    const trail = [...place.trail, lower];
    return this.walkTerms(node, facts, { ...place, within: name, trail, circle: place.circle || seen >= 0 });
  }

  /** Goes on behind a term that ends every evaluation, so that the whole policy is drawn; the outcome stays "ended". */
  private walkTerms(parent: TreeNode, facts: readonly TermFacts[], place: Place): Outcome {
    let ended = false;
    for (const fact of facts) {
      const outcome = this.step(parent, fact, { ...place, own: place.own ?? fact.term });
      ended ||= outcome === "ended";
      if (outcome !== "pass") continue;
      if (ended) return "ended";
      return fact.term.kind === "redirect" || fact.term.qualifier === "+" ? "pass" : "miss";
    }
    return ended ? "ended" : "miss";
  }

  /** One term; "pass" says that it matches every client of this family. */
  private step(parent: TreeNode, { term, ...facts }: TermFacts, place: Place): Outcome {
    if (term.kind === "all") return "pass";
    if (term.kind === "ip4" || term.kind === "ip6") {
      this.settle([term.network], term, place);
      return term.network.family === this.family && term.network.prefix === 0 ? "pass" : "miss";
    }
    const node = this.newNode(term, place.within);
    if (!place.circle && this.nodes <= TREE_NODES_MAX) parent.children.push(node);
    const before = { lookups: this.lookups, voids: this.voids };
    try {
      this.spend(node);
      return this.look(node, { term, ...facts }, place);
    } finally {
      node.cost = this.lookups - before.lookups;
      node.voids[this.family] = this.voids - before.voids;
    }
  }

  private look(node: TreeNode, fact: TermFacts, place: Place): Outcome {
    const { term, target } = fact;
    if (target?.kind === "depends") {
      node.depends = target.letters;
      return this.unknown(node, term, place);
    }
    if (target?.kind === "bad") {
      node.domain = target.text;
      return term.kind === "include" || term.kind === "redirect"
        ? this.noTarget(node, "bad-name", null)
        : "miss";
    }
    const name = target?.name ?? place.within;
    node.domain = name;
    switch (term.kind) {
      case "redirect":
        return this.enter(node, name, place);
      case "include":
        return this.include(node, name, term, place);
      case "a":
        return this.addresses(node, term, fact.host!, place);
      case "mx":
        return this.exchanges(node, term, fact.mx!, place);
      case "exists":
        return this.exists(node, term, fact.exists!, place);
      case "ptr":
      case "all":
      case "ip4":
      case "ip6":
        return this.unknown(node, term, place);
    }
  }

  /**
   * A term that only a message decides. An address that nothing matches gets nothing from `exists` (erratum 6595) and need not have
   * a PTR record; of `a` and `mx` it is the worst that can happen.
   */
  private unknown(node: TreeNode, term: Directive | Redirect, { scope }: Place): Outcome {
    if (term.kind !== "include" && term.kind !== "redirect") this.countVoid(node, false);
    // Its target may have no record, or its set too many hosts (§5.2, §4.6.4).
    if (term.kind === "include" || term.kind === "mx") this.mayHaveEnded = true;
    if (term.kind === "redirect" || term.qualifier !== "+") scope.conditional = true;
    return "miss";
  }

  /** §5.2: an evaluation of its own, of which only a pass counts. */
  private include(
    node: TreeNode,
    name: Name,
    term: Extract<Directive, { kind: "include" }>,
    place: Place,
  ): Outcome {
    const scope = newScope(place.scope);
    const inner = this.enter(node, name, { ...place, scope });
    place.scope.conditional ||= scope.conditional && term.qualifier !== "+";
    if (term.qualifier === "+") place.scope.passing.push(...scope.passing);
    else place.scope.denied.push(...scope.passing.map(({ network }) => network));
    return inner;
  }

  private addresses(node: TreeNode, term: Hosted, host: HostAnswers, place: Place): Outcome {
    const empty = FAMILIES.filter((family) => answerFor(host, family).kind === "none");
    const answer = answerFor(host, empty[0] ?? this.family);
    if (answer.kind === "none") node.trouble = { code: "void", why: answer.why, families: empty };
    if (empty.includes(this.family)) this.countVoid(node, true);
    return this.settleHosts(node, term, [host], place);
  }

  private exchanges(
    node: TreeNode,
    term: Hosted,
    { answer, hosts }: NonNullable<TermFacts["mx"]>,
    place: Place,
  ): Outcome {
    if (answer.kind !== "records") return this.nothing(node, "MX", answer);
    // A null MX (RFC 7505 §3) names no host.
    if (mxHosts(answer.records).length === 0)
      return this.nothing(node, "MX", { ...answer, kind: "none", why: "nodata" });
    this.voidQueries += hosts.filter((host) => answerFor(host, this.family).kind === "none").length;
    const count = mxHosts(answer.records).length;
    if (count <= MX_HOSTS_MAX) return this.settleHosts(node, term, hosts, place);
    // §4.6.4: the eleventh host is asked for where none before it matched.
    node.trouble = { code: "mx-limit", hosts: count };
    this.end(node, "permerror", "mx-limit");
    return "ended";
  }

  private exists(node: TreeNode, term: Directive, answer: Answer<string>, { scope }: Place): Outcome {
    if (answer.kind !== "records") return this.nothing(node, "A", answer);
    if (term.qualifier !== "+") scope.conditional = true;
    return "pass";
  }

  private nothing(
    node: TreeNode,
    type: string,
    answer: Exclude<Answer<unknown>, { kind: "records" }>,
  ): Outcome {
    if (answer.kind === "failed") return this.fail(node, node.domain ?? "", type, answer.why);
    node.trouble = { code: "void", why: answer.why, families: FAMILIES };
    this.countVoid(node, true);
    return "miss";
  }

  private fail(node: TreeNode, name: Name, type: string, why: string): Outcome {
    this.partial = true;
    node.trouble = { code: "failed", name, type, why };
    this.end(node, "temperror", "failed");
    return "miss";
  }

  /** Addresses of hosts with the term's prefix lengths, host by host as an evaluator asks for them. */
  private settleHosts(node: TreeNode, term: Hosted, hosts: readonly HostAnswers[], place: Place): Outcome {
    node.hosts = hosts.map(({ name }) => name);
    const prefix = this.family === 4 ? term.prefix4 : term.prefix6;
    let outcome: Outcome = "miss";
    for (const host of hosts) {
      const answer = answerFor(host, this.family);
      const other = answerFor(host, this.family === 4 ? 6 : 4);
      if (other.kind === "failed") this.partial = true;
      if (answer.kind === "failed") this.fail(node, host.name, this.family === 4 ? "A" : "AAAA", answer.why);
      if (answer.kind !== "records") continue;
      const networks = answer.records.flatMap((text) => {
        const octets = readAddress(text)?.octets;
        return octets === undefined ? [] : [{ family: this.family, octets, prefix }];
      });
      this.settle(networks, term, place);
      if (prefix === 0) outcome = "pass";
    }
    return outcome;
  }

  /** Networks that end the evaluation here, with a pass or without one. */
  private settle(
    networks: readonly Network[],
    source: Directive,
    { scope, own, trail, circle }: Place,
  ): void {
    if (circle) return;
    // An IPv4-mapped address is an IPv4 client (§5): nobody comes from such an IPv6 network.
    const reached = networks.filter((each) => each.family === this.family && !covers(IPV4_MAPPED, each));
    for (const network of reached) {
      if (source.qualifier !== "+") {
        scope.denied.push(network);
        continue;
      }
      // Behind an error or a limit nobody gets here; inside a denied network neither.
      if (this.ending !== null || own === null || scope.denied.some((denied) => covers(denied, network)))
        continue;
      const except = scope.denied.filter((denied) => covers(network, denied));
      const conditional = scope.conditional || this.mayHaveEnded || this.voids > VOIDS_MAX;
      scope.passing.push({ network, term: own, path: trail, source, except, conditional });
    }
  }
}

function answerFor(host: HostAnswers, family: Family): Answer<string> {
  return family === 4 ? host.A : host.AAAA;
}
