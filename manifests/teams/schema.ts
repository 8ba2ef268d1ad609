/** Teams' own JSON schema of a manifest, from Microsoft's package. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";

/** What is wrong with a manifest, by the schema of the version it names; empty where nothing is. */
export function validateTeams(manifest: unknown): string[] {
  const { manifestVersion } = manifest as { manifestVersion?: unknown };
  if (typeof manifestVersion !== "string" || !/^\d+\.\d+$/.test(manifestVersion)) return ["no version"];
  const home = path.dirname(createRequire(import.meta.url).resolve("@microsoft/app-manifest/package.json"));
  const file = `build/json-schemas/teams/v${manifestVersion}/MicrosoftTeams.schema.json`;
  const ajv = new AjvDraft04.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(path.join(home, file), "utf8")) as object);
  validate(manifest);
  return (validate.errors ?? []).map(({ instancePath, message = "" }) => `${instancePath} ${message}`);
}
