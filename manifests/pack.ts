/** `npm run manifests`: draws the icons, checks the manifest against its schema, and packs dist/waxseal-teams.zip. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { drawIcons } from "./teams/icons.ts";
import { validateTeams } from "./teams/schema.ts";
import { zipOf } from "./zip.ts";

const ROOT = path.join(import.meta.dirname, "..");
const TEAMS = path.join(import.meta.dirname, "teams");

/** What stands in the manifest for what each installation has of its own. */
export const NO_ID = "00000000-0000-0000-0000-000000000000";
export const NO_URL = "https://seal.example";

/** The manifest of one installation: the application's id, and the address people reach it at. */
export function fillManifest(text: string, appId: string | undefined, publicUrl: string | undefined): string {
  const url = URL.parse(publicUrl ?? "") ?? new URL(NO_URL);
  return text
    .replaceAll(NO_ID, appId ?? NO_ID)
    .replaceAll(NO_URL, url.origin)
    .replaceAll(new URL(NO_URL).host, url.host);
}

interface Manifest {
  bots: { supportsTargetedMessages?: boolean; commandLists: { triggers?: string[]; scopes: string[] }[] }[];
}

/** The manifest with what Teams has in preview: commands behind a slash, which one person alone sees. Not in personal chats, where nobody else reads. */
export function previewManifest(text: string): string {
  const manifest = JSON.parse(text) as Manifest;
  for (const bot of manifest.bots) {
    bot.supportsTargetedMessages = true;
    for (const list of bot.commandLists)
      if (!list.scopes.includes("personal")) list.triggers = ["mention", "slash"];
  }
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function pack(): void {
  const env = path.join(ROOT, ".env");
  if (existsSync(env)) process.loadEnvFile(env);
  const { MicrosoftAppId, PUBLIC_URL, TEAMS_PREVIEW } = process.env;
  const appId = MicrosoftAppId === "" ? undefined : MicrosoftAppId;
  const filled = fillManifest(readFileSync(path.join(TEAMS, "manifest.json"), "utf8"), appId, PUBLIC_URL);
  const manifest = TEAMS_PREVIEW?.trim() === "on" ? previewManifest(filled) : filled;
  const wrong = validateTeams(JSON.parse(manifest));
  if (wrong.length > 0) {
    process.stderr.write(`manifests/teams/manifest.json: ${wrong.join("; ")}\n`);
    process.exitCode = 1;
    return;
  }
  const icons = drawIcons();
  for (const [name, data] of Object.entries(icons)) writeFileSync(path.join(TEAMS, name), data);
  mkdirSync(path.join(ROOT, "dist"), { recursive: true });
  const file = path.join(ROOT, "dist/waxseal-teams.zip");
  writeFileSync(file, zipOf({ "manifest.json": Buffer.from(manifest), ...icons }));
  process.stdout.write(`dist/waxseal-teams.zip for ${appId ?? "no application: set MicrosoftAppId"}\n`);
}

if (import.meta.main) pack();
