/** What a flow's data file holds: the questions, records and clicks of one provider's guided set-up. */
import { z } from "zod";

/** A condition on one variable: "targetSource = portal", "outboundPath != direct". */
const when = z.string().regex(/^[a-z]\w* !?= \S+$/i);
const variable = z.string().regex(/^[a-z][A-Za-z0-9]*$/);
const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
const text = z.string().min(1);
const confidence = z.enum(["high", "medium", "low"]);
/** Keys of `sources` in `flows/shared.json`. */
const src = z.array(z.string());
const told = { confidence: confidence.optional(), src: src.optional() };

/** In order; the value of the first that matches, in which `$1` stands for the pattern's first group. */
const rules = z.array(z.strictObject({ match: z.string(), value: z.string() }));

/** How a value is made. Of a list of these the first that gives something counts. */
export const makeSchema = z.discriminatedUnion("kind", [
  /** A text with variables in it; nothing where one of them is not known. */
  z.strictObject({ kind: z.literal("template"), template: text }),
  /** By the value of another variable. Values are templates. */
  z.strictObject({
    kind: z.literal("map"),
    of: variable,
    values: z.record(z.string(), z.string()),
    otherwise: z.string().optional(),
  }),
  /** Another variable's value with every match of a pattern replaced; nothing where none matches. */
  z.strictObject({ kind: z.literal("replace"), of: variable, search: text, with: z.string() }),
  /** By the domain's MX hosts. */
  z.strictObject({ kind: z.literal("mx"), rules }),
  /** By the targets of the terms in the domain's SPF record. */
  z.strictObject({ kind: z.literal("spf"), rules }),
  /** By the target of the CNAME at `name`. */
  z.strictObject({ kind: z.literal("cname"), name: text, rules }),
  /** The first of `values` for which DNS has nothing at `name`. */
  z.strictObject({ kind: z.literal("first-free"), name: text, values: z.array(text).min(1) }),
  /** The addresses of the domain's MX hosts, blanks between. */
  z.strictObject({ kind: z.literal("addresses") }),
  /** The mailbox for reports in the DMARC record that is there. */
  z.strictObject({ kind: z.literal("dmarc-rua") }),
  /** A text with variables, where the domain has MX hosts. */
  z.strictObject({ kind: z.literal("if-mx"), template: text }),
  /** The public key (`p=`) in a pasted DKIM record. */
  z.strictObject({ kind: z.literal("key"), of: variable }),
  /** Its type (`k=`), "rsa" where none is written (RFC 6376 §3.6.1). */
  z.strictObject({ kind: z.literal("key-type"), of: variable }),
  /** Whether a pasted value is a key ("txt") or a host ("cname"). */
  z.strictObject({ kind: z.literal("value-type"), of: variable }),
  /** Microsoft's label for the domain (`microsoft.ts`). */
  z.strictObject({ kind: z.literal("tenant-label") }),
  /** Addresses as `ip4:` and `ip6:` terms. */
  z.strictObject({ kind: z.literal("ip-terms"), of: variable }),
]);
export type Make = z.infer<typeof makeSchema>;

/** What is done to an answer before it is held against its pattern (`answer.ts`). */
export const NORMALISERS = [
  "after-equals",
  "key-record",
  "list",
  "lower",
  "no-atlassian",
  "no-blanks",
  "no-domain",
  "no-domainkey",
  "no-final-dot",
  "no-mailto",
  "quoted",
  "trim",
  "unwrap",
] as const;
export type Normaliser = (typeof NORMALISERS)[number];

const askSchema = z.strictObject({
  kind: z.literal("ask"),
  id,
  variable,
  /** One answer for each domain; otherwise one for all of a conversation. */
  each: z.boolean(),
  what: text,
  why: text,
  howToFind: text,
  /** Of the whole answer after normalisation; linear. */
  pattern: z.string().regex(/^\^/),
  good: z.array(z.string()).min(1),
  bad: z.array(z.string()),
  normalise: z.array(z.enum(NORMALISERS)),
  required: z.boolean(),
  choices: z.array(z.strictObject({ value: text, label: text })).optional(),
  /** Offered, never silently taken. */
  default: z.strictObject({ from: z.enum(["dns", "none"]), how: text, make: z.array(makeSchema) }).optional(),
  /** Where a whole table may be pasted: what one piece looks like, and the variables that the pieces go to, in order. */
  spread: z.strictObject({ piece: text, to: z.array(variable).min(2) }).optional(),
  when: when.optional(),
  ...told,
});

export const RECORD_ROLES = ["spf", "dkim", "dmarc", "return-path", "mx", "verification"] as const;
export const RECORD_TYPES = ["TXT", "CNAME", "MX", "NS"] as const;

const recordSchema = z.strictObject({
  role: z.enum(RECORD_ROLES),
  /** Absolute, no final dot. */
  name: text,
  type: z.enum(RECORD_TYPES),
  value: text,
  /** Seconds. */
  ttl: z.number().int().positive(),
  ttlNote: text.optional(),
  /**
   * "edit-spf": terms go into the record that is there; "create-or-keep": a DMARC record that is there stays as it is; "replace": of
   * SPF and DMARC, whatever is there.
   */
  change: z.enum(["create", "create-or-keep", "edit-spf", "replace"]),
  /** Of an MX. */
  priority: z.number().int().optional(),
  /** Terms that go before `all`; `cost` in look-ups, as measured for the facts. */
  spfEdit: z
    .strictObject({ add: z.array(text).min(1), cost: z.number().int(), costBasis: text.optional() })
    .optional(),
  ifNameExists: text.optional(),
  note: text.optional(),
  when: when.optional(),
});

const seenSchema = z.strictObject({ seen: text, means: text, say: text });
const errorSchema = z.strictObject({ text, means: text, say: text });
const console = {
  menu: z.array(text),
  url: z.url().optional(),
  cli: z.array(text).optional(),
  api: text.optional(),
  asOf: text.optional(),
};
const common = { id, when: when.optional(), ...told };

export const stepSchema = z.discriminatedUnion("kind", [
  askSchema,
  z.strictObject({ kind: z.literal("explain"), title: text, text, ...common }),
  z.strictObject({
    kind: z.literal("publish"),
    title: text,
    records: z.array(recordSchema).min(1),
    note: text.optional(),
    ...common,
  }),
  z.strictObject({
    kind: z.literal("verify"),
    title: text,
    queries: z.array(
      z.strictObject({
        name: text,
        type: z.enum(["TXT", "CNAME", "MX", "NS", "PTR"]),
        at: z.enum(["authoritative", "recursive"]),
      }),
    ),
    pass: text,
    wrong: z.array(seenSchema),
    /** Where it differs from `retry` in `flows/shared.json`. */
    retry: z
      .strictObject({ firstAfterSeconds: z.number(), then: text, giveUpAfterHours: z.number(), note: text })
      .optional(),
    ...common,
  }),
  z.strictObject({
    kind: z.literal("provider-action"),
    title: text,
    result: text.optional(),
    pitfalls: z.array(text),
    ...console,
    ...common,
  }),
  z.strictObject({
    kind: z.literal("enable"),
    title: text,
    expect: text,
    errors: z.array(errorSchema),
    ...console,
    ...common,
  }),
  z.strictObject({
    kind: z.literal("done"),
    tick: text,
    nextDay: z.strictObject({ how: text, authenticationResults: text, alsoLook: z.array(text) }).optional(),
    watch: z.array(text).optional(),
    undo: text.optional(),
    ...common,
  }),
]);

export type Step = z.infer<typeof stepSchema>;
export type StepKind = Step["kind"];
export type Ask = Extract<Step, { kind: "ask" }>;
export type RecordTemplate = z.infer<typeof recordSchema>;

/** A step of `flows/shared.json` by its name there. */
const sharedStep = z.strictObject({ kind: z.string(), shared: id, when: when.optional() });

const flowShape = {
  /** The provider's id; the name of the file. */
  id,
  name: text,
  aliases: z.array(text),
  /** Whether the domain's own SPF record needs a term, and why or why not. `cost` in look-ups, null where not measured. */
  include: z.strictObject({
    needed: z.enum(["yes", "no", "only-when"]),
    reason: text,
    term: text.nullable(),
    cost: z.number().int().nullable(),
  }),
  prerequisites: z.array(text),
  varies: z.array(text),
  notes: z.array(z.strictObject({ topic: text, text })),
  /** Variables that are made of others; where `when` does not hold, the answer of that name counts. */
  derived: z.array(
    z.strictObject({
      variable,
      from: z.array(variable),
      rule: text,
      make: z.array(makeSchema).min(1),
      when: when.optional(),
    }),
  ),
};

/** One file of `flows/`, but for `shared.json`. */
export const flowFileSchema = z.strictObject({
  ...flowShape,
  steps: z.array(z.union([sharedStep, stepSchema])),
});
export const flowSchema = z.strictObject({ ...flowShape, steps: z.array(stepSchema).min(1) });
export type FlowFile = z.infer<typeof flowFileSchema>;
/** A conversation in full: its shared steps are in place. */
export type Flow = z.infer<typeof flowSchema>;

const modes = z.strictObject({
  name: z.enum(["relative", "either"]),
  targetDot: z.enum(["never", "required", "optional"]),
  longTxt: z.enum(["panel-splits", "split-by-hand", "one-field"]),
  quotes: z.enum(["added", "required", "forbidden", "none", "optional"]),
  defaultTtlSeconds: z.number(),
});

export const dnsHostSchema = z.strictObject({
  id,
  name: text,
  nsPatterns: z.array(z.string()),
  nsGood: z.array(z.string()),
  nsBad: z.array(z.string()),
  panelPath: z.array(text),
  nameField: text,
  /** What stands in the name field for the zone itself. */
  apexIs: text,
  targetTrailingDot: text,
  longTxt: text,
  txtMax: text.optional(),
  defaultTtl: text,
  cnameBesideOthers: text,
  underscore: text,
  pitfalls: z.array(text),
  say: text,
  proxy: text.optional(),
  detectNote: text.optional(),
  modes,
  confidence,
  src,
});
export type DnsHost = z.infer<typeof dnsHostSchema>;

/** `flows/shared.json`: what several flows use. */
export const sharedSchema = z.strictObject({
  steps: z.record(id, stepSchema),
  retry: z.strictObject({
    firstAfterSeconds: z.number(),
    then: text,
    giveUpAfterHours: z.number(),
    order: z.array(text),
    follow: text,
  }),
  ifNameExists: z.record(z.string(), text),
  spf: z.strictObject({
    allQualifier: text,
    noIncludeWhen: text,
    useSubdomainWhen: z.array(text),
    /** Targets of includes that mostly do nothing at a domain's root, and at how many of the records counted they stand. */
    useless: z.array(z.strictObject({ target: text, seen: z.number().int() })),
    uselessNote: text,
    uselessBasis: text,
    /** Records that a service manages: the sender is added there, not in DNS. */
    hosted: z.array(z.strictObject({ pattern: text, service: text, say: text })),
  }),
  /** Look-ups by target of an include, itself counted; for explaining, where nothing was counted live. */
  lookupCosts: z.record(z.string(), z.number().int()),
  lookupCostsBasis: text,
  includes: z.array(
    z.strictObject({
      provider: id,
      name: text,
      includeNeeded: z.enum(["yes", "no", "only-when"]),
      reason: text,
      term: text.nullable(),
      cost: z.number().int().nullable(),
    }),
  ),
  dnsHosts: z.strictObject({
    hosts: z.array(dnsHostSchema),
    unknown: z.strictObject({ say: text, rule: text }),
    rules: z.array(z.strictObject({ rule: text, why: text })),
  }),
  sources: z.record(z.string(), z.strictObject({ url: z.string(), what: text, date: text, confidence })),
});
export type Shared = z.infer<typeof sharedSchema>;
