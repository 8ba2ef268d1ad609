/** Templates of a provider's facts as a flow has them: alternatives written out, placeholders as variables, the rest as plain text. */
import type { Flow } from "./schema.ts";

/** Not the macros of SPF (RFC 7208 §7.1), `%{i}`. */
const PLACEHOLDER = /(?<!%)\{([^{}]*)\}/g;

/** Placeholders that follow from the domain alone, and how. */
export const DOMAIN_FORMS: ReadonlyMap<string, { variable: string; search: string; with: string }> = new Map([
  ["domain-dashes", { variable: "domainDashes", search: "\\.", with: "-" }],
  ["domain-without-dots", { variable: "domainWithoutDots", search: "\\.", with: "" }],
  ["domain-with-underscore-for-dot", { variable: "domainUnderscores", search: "\\.", with: "_" }],
]);

/** How those are made. */
export const DOMAIN_DERIVED: Flow["derived"] = [...DOMAIN_FORMS].map(([name, { variable, ...replace }]) => ({
  variable,
  from: ["domain"],
  rule: name,
  make: [{ kind: "replace", of: "domain", ...replace }],
}));

/** A text of the facts in which nothing but `{domain}` is to be filled in. */
export function plainText(text: string): string {
  return text.replaceAll(PLACEHOLDER, (whole, name: string) => (name === "domain" ? whole : `<${name}>`));
}

/** A placeholder's name as a variable: "project-id" is projectId. */
export function variableOf(placeholder: string): string {
  const words = placeholder.split(/[^a-z0-9]+/i).filter((word) => word !== "");
  const name = words
    .map((word, index) => (index === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1)))
    .join("");
  return /^[a-z]/.test(name) ? name : `value${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** The placeholders of a template, `{domain}` aside; those that follow from the domain too. */
export function placeholdersOf(template: string): string[] {
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
  return [...new Set(names)].filter((name) => name !== "domain" && !DOMAIN_FORMS.has(name));
}

/** The template with variables for placeholders: `{project-id}` becomes `{projectId}`. */
export function withVariables(template: string): string {
  return template.replaceAll(
    PLACEHOLDER,
    (_, name: string) => `{${DOMAIN_FORMS.get(name)?.variable ?? variableOf(name)}}`,
  );
}

/** Host and target once for each of the alternatives in the host (`{1|2}`, `{,2,3}`); null for a target that has other ones. */
export function alternatives(host: string, target: string | null): { host: string; target: string | null }[] {
  const list = [...host.matchAll(PLACEHOLDER)].map(([, name = ""]) => name).find((name) => /[|,]/.test(name));
  if (list === undefined)
    return [{ host, target: target !== null && /\{[^{}]*[|,]/.test(target) ? null : target }];
  const whole = `{${list}}`;
  return list
    .split(/[|,]/)
    .flatMap((each) =>
      alternatives(host.replaceAll(whole, each), target === null ? null : target.replaceAll(whole, each)),
    );
}

/** A text as a pattern for itself. */
export function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A pattern for what a template with placeholders may become: its fixed beginning and end, and anything of a name between. */
export function patternOf(template: string): string {
  const first = template.search(PLACEHOLDER);
  if (first < 0) return `^${literal(template)}$`;
  const end = template.slice(template.lastIndexOf("}") + 1);
  return `^${literal(template.slice(0, first))}[a-z0-9_.-]+${literal(end)}$`;
}

/** A text that a template may become. */
export function exampleOf(template: string): string {
  return template.replaceAll(PLACEHOLDER, "x1");
}
