/** The cost tree drawn, branch by branch: cost, voids, where an evaluation ends, and who passes by what. */
import { expect, test } from "vitest";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { formatNetwork } from "../../src/spf/ip.ts";
import { walkSpf, type SpfTree, type Trouble, type TreeNode } from "../../src/spf/tree.ts";

const TROUBLES: { [K in Trouble["code"]]: (trouble: Extract<Trouble, { code: K }>) => string } = {
  "no-target": ({ why, nearMisses }) => `no target, ${why}${nearMisses.length > 0 ? " (near miss)" : ""}`,
  "several-records": ({ texts }) => `${String(texts.length)} records`,
  syntax: ({ errors }) => `syntax: ${errors.map(({ part }) => part).join(" ")}`,
  loop: ({ path }) => `loop ${path.join(">")}`,
  "mx-limit": ({ hosts }) => `${String(hosts)} MX hosts`,
  void: ({ why, families }) => `void ${why} ${families.join("+")}`,
  failed: ({ name, type, why }) => `failed ${type} ${name} ${why}`,
  "not-read": () => "not read",
};

/** "include:a.example = a.example cost 2 spent 2 voids 0/1 [void nodata 6] depends i unreached hosts h.example", indented. */
function draw(node: TreeNode, depth = 0): string[] {
  const { term, domain, within, cost, spent, voids, trouble, depends, reached, hosts, children } = node;
  const said =
    trouble === null ? "" : ` [${(TROUBLES[trouble.code] as (trouble: Trouble) => string)(trouble)}]`;
  const line = [
    term?.text ?? "•",
    ` = ${domain ?? "?"} in ${within} cost ${String(cost)} spent ${String(spent)} voids ${String(voids[4])}/${String(voids[6])}`,
    said,
    depends.length > 0 ? ` depends ${depends.join("")}` : "",
    reached ? "" : " unreached",
    hosts.length > 0 ? ` hosts ${hosts.join(",")}` : "",
  ].join("");
  return [`${"  ".repeat(depth)}${line}`, ...children.flatMap((child) => draw(child, depth + 1))];
}

function sum(tree: SpfTree): string {
  const ending = ([4, 6] as const).map((family) => {
    const end = tree.ending[family];
    return end === null ? "-" : `${end.result}:${end.code}@${end.node.term?.text ?? "•"}`;
  });
  return [
    tree.status,
    `lookups ${String(tree.lookups)}/${String(tree.lookupsWhole)}`,
    `voids ${String(tree.voids[4])}/${String(tree.voids[6])} by query ${String(tree.voidQueries[4])}/${String(tree.voidQueries[6])}`,
    `ends ${ending.join(" ")}`,
    ...(tree.partial ? ["partial"] : []),
    ...(tree.loops ? ["loops"] : []),
  ].join(", ");
}

function passes(tree: SpfTree): string[] {
  return tree.authorised.map(({ network, term, path, source, except, conditional }) =>
    [
      `${formatNetwork(network)} by ${term.text}`,
      ` from ${source.text} in ${path.join(">")}`,
      except.length > 0 ? ` except ${except.map(formatNetwork).join(",")}` : "",
      conditional ? " conditional" : "",
    ].join(""),
  );
}

interface Case {
  name: string;
  zone: Zone;
  tree: readonly string[];
  sum: string;
  passes: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "a domain without an SPF record has none",
    zone: { "d.example": { A: "192.0.2.1" } },
    tree: ["• = d.example in d.example cost 0 spent 0 voids 0/0 [no target, nodata]"],
    sum: "none, lookups 0/0, voids 0/0 by query 0/0, ends - -",
    passes: [],
  },
  {
    name: "a name that does not exist has none",
    zone: {},
    tree: ["• = d.example in d.example cost 0 spent 0 voids 0/0 [no target, nxdomain]"],
    sum: "none, lookups 0/0, voids 0/0 by query 0/0, ends - -",
    passes: [],
  },
  {
    name: "a domain whose DNS does not answer is temperror, and partial",
    zone: { "d.example": { fail: "servfail" } },
    tree: ["• = d.example in d.example cost 0 spent 0 voids 0/0 [failed TXT d.example servfail]"],
    sum: "temperror, lookups 0/0, voids 0/0 by query 0/0, ends temperror:failed@\u2022 temperror:failed@\u2022, partial",
    passes: [],
  },
  {
    name: "two records are permerror before any term",
    zone: { "d.example": { TXT: ["v=spf1 -all", "v=spf1 ~all"] } },
    tree: ["• = d.example in d.example cost 0 spent 0 voids 0/0 [2 records]"],
    sum: "permerror, lookups 0/0, voids 0/0 by query 0/0, ends permerror:several-records@\u2022 permerror:several-records@\u2022",
    passes: [],
  },
  {
    name: "a near miss is none, and told",
    zone: { "d.example": { TXT: "v=spf10 -all" } },
    tree: ["• = d.example in d.example cost 0 spent 0 voids 0/0 [no target, no-spf (near miss)]"],
    sum: "none, lookups 0/0, voids 0/0 by query 0/0, ends - -",
    passes: [],
  },
  {
    name: "a syntax error ends it before any lookup",
    zone: {
      "d.example": { TXT: "v=spf1 ip4:192.0.2.1 ipv4:192.0.2.2 include:a.example -all" },
      "a.example": { TXT: "v=spf1 -all" },
    },
    tree: ["• = d.example in d.example cost 0 spent 0 voids 0/0 [syntax: ipv4]"],
    sum: "permerror, lookups 0/0, voids 0/0 by query 0/0, ends permerror:syntax@\u2022 permerror:syntax@\u2022",
    passes: [],
  },
  {
    name: "networks cost nothing",
    zone: { "d.example": { TXT: "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all" } },
    tree: ["• = d.example in d.example cost 0 spent 0 voids 0/0"],
    sum: "valid, lookups 0/0, voids 0/0 by query 0/0, ends - -",
    passes: [
      "192.0.2.0/24 by ip4:192.0.2.0/24 from ip4:192.0.2.0/24 in d.example",
      "2001:db8::/32 by ip6:2001:db8::/32 from ip6:2001:db8::/32 in d.example",
    ],
  },
  {
    name: "includes are paid for in document order",
    zone: {
      "d.example": { TXT: "v=spf1 include:a.example include:b.example ~all" },
      "a.example": { TXT: "v=spf1 ip4:192.0.2.1 include:c.example -all" },
      "b.example": { TXT: "v=spf1 ip4:192.0.2.2 -all" },
      "c.example": { TXT: "v=spf1 ip4:192.0.2.3 ?all" },
    },
    tree: [
      "• = d.example in d.example cost 3 spent 0 voids 0/0",
      "  include:a.example = a.example in d.example cost 2 spent 1 voids 0/0",
      "    include:c.example = c.example in a.example cost 1 spent 2 voids 0/0",
      "  include:b.example = b.example in d.example cost 1 spent 3 voids 0/0",
    ],
    sum: "valid, lookups 3/3, voids 0/0 by query 0/0, ends - -",
    passes: [
      "192.0.2.1 by include:a.example from ip4:192.0.2.1 in d.example>a.example",
      "192.0.2.3 by include:a.example from ip4:192.0.2.3 in d.example>a.example>c.example",
      "192.0.2.2 by include:b.example from ip4:192.0.2.2 in d.example>b.example",
    ],
  },
  {
    name: "a and mx cost one each, whatever hosts they have",
    zone: {
      "d.example": {
        TXT: "v=spf1 a mx a:h.example/24//64 -all",
        A: "192.0.2.1",
        MX: [
          [10, "h.example"],
          [20, "g.example"],
        ],
      },
      "h.example": { A: ["192.0.2.9", "198.51.100.9"], AAAA: "2001:db8::9" },
      "g.example": { A: "192.0.2.8" },
    },
    tree: [
      "• = d.example in d.example cost 3 spent 0 voids 0/1",
      "  a = d.example in d.example cost 1 spent 1 voids 0/1 [void nodata 6] hosts d.example",
      "  mx = d.example in d.example cost 1 spent 2 voids 0/0 hosts h.example,g.example",
      "  a:h.example/24//64 = h.example in d.example cost 1 spent 3 voids 0/0 hosts h.example",
    ],
    sum: "valid, lookups 3/3, voids 0/1 by query 0/2, ends - -",
    passes: [
      "192.0.2.1 by a from a in d.example",
      "192.0.2.9 by mx from mx in d.example",
      "198.51.100.9 by mx from mx in d.example",
      "192.0.2.8 by mx from mx in d.example",
      "192.0.2.0/24 by a:h.example/24//64 from a:h.example/24//64 in d.example",
      "198.51.100.0/24 by a:h.example/24//64 from a:h.example/24//64 in d.example",
      "2001:db8::9 by mx from mx in d.example",
      "2001:db8::/64 by a:h.example/24//64 from a:h.example/24//64 in d.example",
    ],
  },
  {
    name: "the third void ends it",
    zone: {
      "d.example": { TXT: "v=spf1 a:x.example mx:y.example exists:z.example -all" },
      "y.example": { TXT: "v=spf1 -all" },
    },
    tree: [
      "• = d.example in d.example cost 3 spent 0 voids 3/3",
      "  a:x.example = x.example in d.example cost 1 spent 1 voids 1/1 [void nxdomain 4+6] hosts x.example",
      "  mx:y.example = y.example in d.example cost 1 spent 2 voids 1/1 [void nodata 4+6]",
      "  exists:z.example = z.example in d.example cost 1 spent 3 voids 1/1 [void nxdomain 4+6]",
    ],
    sum: "permerror, lookups 3/3, voids 3/3 by query 3/3, ends permerror:void-limit@exists:z.example permerror:void-limit@exists:z.example",
    passes: [],
  },
  {
    name: "a null MX finds nothing",
    zone: { "d.example": { TXT: "v=spf1 mx -all", MX: [[0, ""]] } },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 1/1",
      "  mx = d.example in d.example cost 1 spent 1 voids 1/1 [void nodata 4+6]",
    ],
    sum: "valid, lookups 1/1, voids 1/1 by query 1/1, ends - -",
    passes: [],
  },
  {
    name: "eleven MX hosts end it",
    zone: {
      "d.example": {
        TXT: "v=spf1 mx ip4:192.0.2.1 -all",
        MX: Array.from({ length: 11 }, (_, i) => [i, `m${i}.example`]),
      },
    },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  mx = d.example in d.example cost 1 spent 1 voids 0/0 [11 MX hosts]",
    ],
    sum: "permerror, lookups 1/1, voids 0/0 by query 0/0, ends permerror:mx-limit@mx permerror:mx-limit@mx",
    passes: [],
  },
  {
    name: "an include of no name ends it, and the rest is drawn",
    zone: {
      "d.example": { TXT: "v=spf1 ip4:192.0.2.1 include:gone.example ip4:192.0.2.2 include:b.example -all" },
      "b.example": { TXT: "v=spf1 ip4:192.0.2.3 -all" },
    },
    tree: [
      "• = d.example in d.example cost 2 spent 0 voids 1/1",
      "  include:gone.example = gone.example in d.example cost 1 spent 1 voids 1/1 [no target, nxdomain]",
      "  include:b.example = b.example in d.example cost 1 spent 2 voids 0/0 unreached",
    ],
    sum: "permerror, lookups 1/2, voids 1/1 by query 1/1, ends permerror:no-target@include:gone.example permerror:no-target@include:gone.example",
    passes: ["192.0.2.1 by ip4:192.0.2.1 from ip4:192.0.2.1 in d.example"],
  },
  {
    name: "an include of a name without SPF ends it",
    zone: {
      "d.example": { TXT: "v=spf1 include:b.example -all" },
      "b.example": { TXT: "v=spf1include:x.example" },
    },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  include:b.example = b.example in d.example cost 1 spent 1 voids 0/0 [no target, no-spf (near miss)]",
    ],
    sum: "permerror, lookups 1/1, voids 0/0 by query 0/0, ends permerror:no-target@include:b.example permerror:no-target@include:b.example",
    passes: [],
  },
  {
    name: "an include of what is no name ends it, an a of it matches nobody",
    zone: { "d.example": { TXT: "v=spf1 include:a..example a:b..example -all" } },
    tree: [
      "• = d.example in d.example cost 2 spent 0 voids 0/0",
      "  include:a..example = a..example in d.example cost 1 spent 1 voids 0/0 [no target, bad-name]",
      "  a:b..example = b..example in d.example cost 1 spent 2 voids 0/0 unreached",
    ],
    sum: "permerror, lookups 1/2, voids 0/0 by query 0/0, ends permerror:no-target@include:a..example permerror:no-target@include:a..example",
    passes: [],
  },
  {
    name: "an include of two records ends it",
    zone: {
      "d.example": { TXT: "v=spf1 include:b.example -all" },
      "b.example": { TXT: ["v=spf1 -all", "v=spf1 ?all"] },
    },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  include:b.example = b.example in d.example cost 1 spent 1 voids 0/0 [2 records]",
    ],
    sum: "permerror, lookups 1/1, voids 0/0 by query 0/0, ends permerror:several-records@include:b.example permerror:several-records@include:b.example",
    passes: [],
  },
  {
    name: "a syntax error in an include ends it",
    zone: { "d.example": { TXT: "v=spf1 include:b.example -all" }, "b.example": { TXT: "v=spf1 foo -all" } },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  include:b.example = b.example in d.example cost 1 spent 1 voids 0/0 [syntax: foo]",
    ],
    sum: "permerror, lookups 1/1, voids 0/0 by query 0/0, ends permerror:syntax@include:b.example permerror:syntax@include:b.example",
    passes: [],
  },
  {
    name: "an include that DNS does not answer is temperror, and the count goes on",
    zone: {
      "d.example": { TXT: "v=spf1 include:b.example include:c.example -all" },
      "b.example": { fail: "timeout" },
      "c.example": { TXT: "v=spf1 ip4:192.0.2.3 -all" },
    },
    tree: [
      "• = d.example in d.example cost 2 spent 0 voids 0/0",
      "  include:b.example = b.example in d.example cost 1 spent 1 voids 0/0 [failed TXT b.example timeout]",
      "  include:c.example = c.example in d.example cost 1 spent 2 voids 0/0 unreached",
    ],
    sum: "temperror, lookups 2/2, voids 0/0 by query 0/0, ends temperror:failed@include:b.example temperror:failed@include:b.example, partial",
    passes: [],
  },
  {
    name: "an include of itself counts without end",
    zone: { "d.example": { TXT: "v=spf1 ip4:192.0.2.1 include:d.example -all" } },
    tree: [
      "• = d.example in d.example cost 501 spent 0 voids 0/0",
      "  include:d.example = d.example in d.example cost 501 spent 1 voids 0/0 [loop d.example>d.example]",
    ],
    sum: "permerror, lookups 501/501, voids 0/0 by query 0/0, ends permerror:lookup-limit@include:d.example permerror:lookup-limit@include:d.example, loops",
    passes: ["192.0.2.1 by ip4:192.0.2.1 from ip4:192.0.2.1 in d.example"],
  },
  {
    name: "a circle counts without end and is drawn once",
    zone: {
      "d.example": { TXT: "v=spf1 include:a.example -all" },
      "a.example": { TXT: "v=spf1 include:d.example -all" },
    },
    tree: [
      "• = d.example in d.example cost 501 spent 0 voids 0/0",
      "  include:a.example = a.example in d.example cost 501 spent 1 voids 0/0",
      "    include:d.example = d.example in a.example cost 500 spent 2 voids 0/0 [loop d.example>a.example>d.example]",
    ],
    sum: "permerror, lookups 501/501, voids 0/0 by query 0/0, ends permerror:lookup-limit@include:a.example permerror:lookup-limit@include:a.example, loops",
    passes: [],
  },
  {
    name: "a redirect is paid for behind the terms",
    zone: {
      "d.example": { TXT: "v=spf1 ip4:192.0.2.1 redirect=a.example" },
      "a.example": { TXT: "v=spf1 ip4:192.0.2.2 -all" },
    },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  redirect=a.example = a.example in d.example cost 1 spent 1 voids 0/0",
    ],
    sum: "valid, lookups 1/1, voids 0/0 by query 0/0, ends - -",
    passes: [
      "192.0.2.1 by ip4:192.0.2.1 from ip4:192.0.2.1 in d.example",
      "192.0.2.2 by redirect=a.example from ip4:192.0.2.2 in d.example>a.example",
    ],
  },
  {
    name: "a redirect beside all costs nothing",
    zone: {
      "d.example": { TXT: "v=spf1 ~all redirect=a.example" },
      "a.example": { TXT: "v=spf1 ip4:192.0.2.2 -all" },
    },
    tree: ["• = d.example in d.example cost 0 spent 0 voids 0/0"],
    sum: "valid, lookups 0/0, voids 0/0 by query 0/0, ends - -",
    passes: [],
  },
  {
    name: "a redirect to no name ends it",
    zone: { "d.example": { TXT: "v=spf1 ip4:192.0.2.1 redirect=a.example" } },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 1/1",
      "  redirect=a.example = a.example in d.example cost 1 spent 1 voids 1/1 [no target, nxdomain]",
    ],
    sum: "permerror, lookups 1/1, voids 1/1 by query 1/1, ends permerror:no-target@redirect=a.example permerror:no-target@redirect=a.example",
    passes: ["192.0.2.1 by ip4:192.0.2.1 from ip4:192.0.2.1 in d.example"],
  },
  {
    name: "what an earlier term turns away does not pass by a later one",
    zone: {
      "d.example": {
        TXT: "v=spf1 -ip4:192.0.2.0/28 ip4:192.0.2.0/24 ip4:192.0.2.4 -include:a.example ip4:198.51.100.0/24 -all",
      },
      "a.example": { TXT: "v=spf1 ip4:198.51.100.7 -all" },
    },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  -include:a.example = a.example in d.example cost 1 spent 1 voids 0/0",
    ],
    sum: "valid, lookups 1/1, voids 0/0 by query 0/0, ends - -",
    passes: [
      "192.0.2.0/24 by ip4:192.0.2.0/24 from ip4:192.0.2.0/24 in d.example except 192.0.2.0/28",
      "198.51.100.0/24 by ip4:198.51.100.0/24 from ip4:198.51.100.0/24 in d.example except 198.51.100.7",
    ],
  },
  {
    name: "an include that is no pass turns away, and a fail inside an include too",
    zone: {
      "d.example": { TXT: "v=spf1 ?include:a.example include:b.example -all" },
      "a.example": { TXT: "v=spf1 ip4:192.0.2.1 -all" },
      "b.example": { TXT: "v=spf1 -ip4:192.0.2.9 ip4:192.0.2.0/24 -all" },
    },
    tree: [
      "• = d.example in d.example cost 2 spent 0 voids 0/0",
      "  ?include:a.example = a.example in d.example cost 1 spent 1 voids 0/0",
      "  include:b.example = b.example in d.example cost 1 spent 2 voids 0/0",
    ],
    sum: "valid, lookups 2/2, voids 0/0 by query 0/0, ends - -",
    passes: [
      "192.0.2.0/24 by include:b.example from ip4:192.0.2.0/24 in d.example>b.example except 192.0.2.1,192.0.2.9",
    ],
  },
  {
    name: "an include that passes everyone ends the reading",
    zone: {
      "d.example": { TXT: "v=spf1 include:a.example ip4:192.0.2.1 include:b.example -all" },
      "a.example": { TXT: "v=spf1 +all" },
      "b.example": { TXT: "v=spf1 -all" },
    },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  include:a.example = a.example in d.example cost 1 spent 1 voids 0/0",
    ],
    sum: "valid, lookups 1/1, voids 0/0 by query 0/0, ends - -",
    passes: [],
  },
  {
    name: "a network of everyone ends the reading for its family",
    zone: {
      "d.example": { TXT: "v=spf1 ip4:0.0.0.0/0 include:b.example -all" },
      "b.example": { TXT: "v=spf1 -all" },
    },
    tree: ["• = d.example in d.example cost 0 spent 0 voids 0/0"],
    sum: "valid, lookups 1/1, voids 0/0 by query 0/0, ends - -",
    passes: ["0.0.0.0/0 by ip4:0.0.0.0/0 from ip4:0.0.0.0/0 in d.example"],
  },
  {
    name: "what depends on the message is paid for, and makes the rest conditional",
    zone: {
      "d.example": {
        TXT: "v=spf1 exists:%{i}.x.example -exists:%{l}.y.example include:%{d}.z.example include:%{i}.q.example ip4:192.0.2.1 ptr -all",
      },
      "d.example.z.example": { TXT: "v=spf1 ip4:192.0.2.2 -all" },
    },
    tree: [
      "• = d.example in d.example cost 5 spent 0 voids 3/3",
      "  exists:%{i}.x.example = ? in d.example cost 1 spent 1 voids 1/1 depends i",
      "  -exists:%{l}.y.example = ? in d.example cost 1 spent 2 voids 1/1 depends l",
      "  include:%{d}.z.example = d.example.z.example in d.example cost 1 spent 3 voids 0/0",
      "  include:%{i}.q.example = ? in d.example cost 1 spent 4 voids 0/0 depends i",
      "  ptr = d.example in d.example cost 1 spent 5 voids 1/1",
    ],
    sum: "valid, lookups 5/5, voids 3/3 by query 3/3, ends - -",
    passes: [
      "192.0.2.2 by include:%{d}.z.example from ip4:192.0.2.2 in d.example>d.example.z.example conditional",
      "192.0.2.1 by ip4:192.0.2.1 from ip4:192.0.2.1 in d.example conditional",
    ],
  },
  {
    name: "an exists that finds its name passes everyone",
    zone: {
      "d.example": { TXT: "v=spf1 exists:h.example ip4:192.0.2.1 -all" },
      "h.example": { A: "127.0.0.2" },
    },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  exists:h.example = h.example in d.example cost 1 spent 1 voids 0/0",
    ],
    sum: "valid, lookups 1/1, voids 0/0 by query 0/0, ends - -",
    passes: [],
  },
  {
    name: "an exists that turns everyone away ends the reading",
    zone: {
      "d.example": { TXT: "v=spf1 -exists:h.example ip4:192.0.2.1 -all" },
      "h.example": { A: "127.0.0.2" },
    },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  -exists:h.example = h.example in d.example cost 1 spent 1 voids 0/0",
    ],
    sum: "valid, lookups 1/1, voids 0/0 by query 0/0, ends - -",
    passes: [],
  },
  {
    name: "an address query without answer is temperror for its family alone",
    zone: {
      "d.example": { TXT: "v=spf1 a:h.example ip4:192.0.2.1 -all" },
      "h.example": { A: "192.0.2.5", fail: { AAAA: "servfail" } },
    },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  a:h.example = h.example in d.example cost 1 spent 1 voids 0/0 hosts h.example",
    ],
    sum: "valid, lookups 1/1, voids 0/0 by query 0/0, ends - temperror:failed@a:h.example, partial",
    passes: [
      "192.0.2.5 by a:h.example from a:h.example in d.example",
      "192.0.2.1 by ip4:192.0.2.1 from ip4:192.0.2.1 in d.example",
    ],
  },
  {
    name: "an MX query without answer is temperror",
    zone: { "d.example": { TXT: "v=spf1 mx ip4:192.0.2.1 -all", fail: { MX: "refused" } } },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  mx = d.example in d.example cost 1 spent 1 voids 0/0 [failed MX d.example refused]",
    ],
    sum: "temperror, lookups 1/1, voids 0/0 by query 0/0, ends temperror:failed@mx temperror:failed@mx, partial",
    passes: [],
  },
  {
    name: "the eleventh lookup ends it, and repeated includes count each time",
    zone: {
      "d.example": {
        TXT: "v=spf1 " + Array<string>(10).fill("include:i.example").join(" ") + " a ip4:192.0.2.9 -all",
        A: "192.0.2.1",
      },
      "i.example": { TXT: "v=spf1 ip4:192.0.2.3 -all" },
    },
    tree: [
      "• = d.example in d.example cost 11 spent 0 voids 0/1",
      "  include:i.example = i.example in d.example cost 1 spent 1 voids 0/0",
      "  include:i.example = i.example in d.example cost 1 spent 2 voids 0/0",
      "  include:i.example = i.example in d.example cost 1 spent 3 voids 0/0",
      "  include:i.example = i.example in d.example cost 1 spent 4 voids 0/0",
      "  include:i.example = i.example in d.example cost 1 spent 5 voids 0/0",
      "  include:i.example = i.example in d.example cost 1 spent 6 voids 0/0",
      "  include:i.example = i.example in d.example cost 1 spent 7 voids 0/0",
      "  include:i.example = i.example in d.example cost 1 spent 8 voids 0/0",
      "  include:i.example = i.example in d.example cost 1 spent 9 voids 0/0",
      "  include:i.example = i.example in d.example cost 1 spent 10 voids 0/0",
      "  a = d.example in d.example cost 1 spent 11 voids 0/1 [void nodata 6] hosts d.example",
    ],
    sum: "permerror, lookups 11/11, voids 0/1 by query 0/1, ends permerror:lookup-limit@a permerror:lookup-limit@a",
    passes: [
      "192.0.2.3 by include:i.example from ip4:192.0.2.3 in d.example>i.example",
      "192.0.2.3 by include:i.example from ip4:192.0.2.3 in d.example>i.example",
      "192.0.2.3 by include:i.example from ip4:192.0.2.3 in d.example>i.example",
      "192.0.2.3 by include:i.example from ip4:192.0.2.3 in d.example>i.example",
      "192.0.2.3 by include:i.example from ip4:192.0.2.3 in d.example>i.example",
      "192.0.2.3 by include:i.example from ip4:192.0.2.3 in d.example>i.example",
      "192.0.2.3 by include:i.example from ip4:192.0.2.3 in d.example>i.example",
      "192.0.2.3 by include:i.example from ip4:192.0.2.3 in d.example>i.example",
      "192.0.2.3 by include:i.example from ip4:192.0.2.3 in d.example>i.example",
      "192.0.2.3 by include:i.example from ip4:192.0.2.3 in d.example>i.example",
    ],
  },
  {
    name: "three terms that find nothing end it",
    zone: { "d.example": { TXT: "v=spf1 a:x.example a:y.example a:z.example ip4:192.0.2.9 -all" } },
    tree: [
      "• = d.example in d.example cost 3 spent 0 voids 3/3",
      "  a:x.example = x.example in d.example cost 1 spent 1 voids 1/1 [void nxdomain 4+6] hosts x.example",
      "  a:y.example = y.example in d.example cost 1 spent 2 voids 1/1 [void nxdomain 4+6] hosts y.example",
      "  a:z.example = z.example in d.example cost 1 spent 3 voids 1/1 [void nxdomain 4+6] hosts z.example",
    ],
    sum: "permerror, lookups 3/3, voids 3/3 by query 3/3, ends permerror:void-limit@a:z.example permerror:void-limit@a:z.example",
    passes: [],
  },
  {
    name: "hosts without AAAA are void for IPv6 clients alone",
    zone: {
      "d.example": { TXT: "v=spf1 a:h.example a:g.example a:f.example ip6:2001:db8::1 ip4:192.0.2.9 -all" },
      "h.example": { A: "192.0.2.1" },
      "g.example": { A: "192.0.2.2" },
      "f.example": { A: "192.0.2.3" },
    },
    tree: [
      "• = d.example in d.example cost 3 spent 0 voids 0/3",
      "  a:h.example = h.example in d.example cost 1 spent 1 voids 0/1 [void nodata 6] hosts h.example",
      "  a:g.example = g.example in d.example cost 1 spent 2 voids 0/1 [void nodata 6] hosts g.example",
      "  a:f.example = f.example in d.example cost 1 spent 3 voids 0/1 [void nodata 6] hosts f.example",
    ],
    sum: "valid, lookups 3/3, voids 0/3 by query 0/3, ends - permerror:void-limit@a:f.example",
    passes: [
      "192.0.2.1 by a:h.example from a:h.example in d.example",
      "192.0.2.2 by a:g.example from a:g.example in d.example",
      "192.0.2.3 by a:f.example from a:f.example in d.example",
      "192.0.2.9 by ip4:192.0.2.9 from ip4:192.0.2.9 in d.example",
    ],
  },
  {
    name: "MX hosts without addresses are no voids by terms",
    zone: {
      "d.example": {
        TXT: "v=spf1 mx -all",
        MX: [
          [1, "p.example"],
          [2, "q.example"],
          [3, "r.example"],
        ],
      },
      "p.example": { TXT: "x" },
      "q.example": { TXT: "x" },
      "r.example": { A: "192.0.2.3" },
    },
    tree: [
      "• = d.example in d.example cost 1 spent 0 voids 0/0",
      "  mx = d.example in d.example cost 1 spent 1 voids 0/0 hosts p.example,q.example,r.example",
    ],
    sum: "valid, lookups 1/1, voids 0/0 by query 2/3, ends - -",
    passes: ["192.0.2.3 by mx from mx in d.example"],
  },
  {
    name: "an IPv4-mapped network authorises nobody",
    zone: { "d.example": { TXT: "v=spf1 ip6:::ffff:192.0.2.0/120 ip6:2001:db8::1 -all" } },
    tree: ["• = d.example in d.example cost 0 spent 0 voids 0/0"],
    sum: "valid, lookups 0/0, voids 0/0 by query 0/0, ends - -",
    passes: ["2001:db8::1 by ip6:2001:db8::1 from ip6:2001:db8::1 in d.example"],
  },
];

test.each(CASES)("$name", async ({ zone, ...wanted }) => {
  const tree = await walkSpf(zoneDns(zone), "d.example");
  expect({ tree: draw(tree.root), sum: sum(tree), passes: passes(tree) }).toEqual({
    tree: wanted.tree,
    sum: wanted.sum,
    passes: wanted.passes,
  });
});
