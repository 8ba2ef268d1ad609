/** What a provider's data file holds: who it is, by which names it is recognised, and what is known of it. */
import { z } from "zod";
import { confidence, factsSchema } from "./facts.ts";
import { MAX_PATTERN } from "./limits.ts";

const LABEL = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?";

/**
 * A name in lower case without a final dot: it is met itself and with everything below it. With a leading dot only what is below
 * it is met. The second label may be `*`, one label of any kind (`feedback-smtp.*.amazonses.com`).
 */
const suffix = z.string().regex(new RegExp(`^\\.?${LABEL}(?:\\.\\*)?(?:\\.${LABEL})+$`));

const suffixes = z.array(suffix).default([]);
const prefixes = z.array(z.string().min(3)).default([]);

/** A kebab-case word: the name of the file without `.json`. */
const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);

const selector = z.string().regex(new RegExp(`^${LABEL}(?:\\.${LABEL})*$`));

/** Anchored as a whole, and no group is repeated, so that nothing is quantified twice. */
const pattern = z
  .string()
  .max(MAX_PATTERN)
  .regex(/^\^(?:[^()|]|\(\?:[^()]*\)\??)+\$$/)
  .refine((text) => !/\)[*+{]/.test(text), "a group is repeated");

/** What a service is above all; some are several of these. */
export const CATEGORIES = [
  "crm",
  "forwarding",
  "gateway",
  "helpdesk",
  "hosting",
  "mailbox",
  "marketing",
  "security",
  "signature",
  "transactional",
] as const;

/** By which names a provider is recognised. A list that is absent from the file is empty. */
const recognitionSchema = z.strictObject({
  /** How TXT records begin that claim the domain for an account but say nothing of mail. */
  claims: prefixes,
  /** Targets of CNAME records: DKIM keys, return paths, tracking. */
  cname: suffixes,
  dkim: z
    .strictObject({
      /** Regular expressions for selectors with a variable part, those only that tell something: `^[a-z0-9]+$` does not. */
      patterns: z.array(pattern).default([]),
      /** Selectors as they stand. Several providers may use the same. */
      selectors: z.array(selector).default([]),
    })
    .prefault({}),
  mx: suffixes,
  /** Names of the servers that send. */
  ptr: suffixes,
  /** Domains of the provider that stand in the envelope sender of mail for its customers. */
  returnPath: suffixes,
  /** Targets of `include:`, `redirect=`, `a:` and `exists:`; of a target that holds macros, its fixed end. */
  spf: suffixes,
  /** How TXT records begin that prove a domain to the provider so that it sends or receives for it. Case does not matter. */
  txt: prefixes,
});

/** One file of `data/`. */
export const providerSchema = z.strictObject({
  /** Other names that people know it by. */
  aliases: z.array(z.string().min(1)).optional(),
  category: z.enum(CATEGORIES),
  /** How sure the facts are of the entry as a whole. */
  confidence,
  facts: factsSchema,
  id,
  name: z.string().min(1),
  /** What a reader must know before drawing a conclusion. */
  note: z.string().min(1).optional(),
  recognition: recognitionSchema,
  /** The day on which the facts were held against the world, `YYYY-MM-DD`. */
  seen: z.iso.date().optional(),
  /** The page that was read for them. */
  source: z.url().optional(),
  /** The id of the provider it sends through, whose names stand in its customers' records. */
  via: id.optional(),
});

export type Provider = z.infer<typeof providerSchema>;
export type Recognition = Provider["recognition"];
