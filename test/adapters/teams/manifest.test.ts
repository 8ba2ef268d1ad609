/** The app's package for Teams: valid by Microsoft's schema, told by the commands that there are, drawn and packed by the project. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, describe, expect, it, test } from "vitest";
import { fillManifest, NO_ID, previewManifest } from "../../../manifests/pack.ts";
import { drawIcons } from "../../../manifests/teams/icons.ts";
import { validateTeams } from "../../../manifests/teams/schema.ts";
import { zipOf } from "../../../manifests/zip.ts";
import { COMMANDS } from "../../../src/commands/index.ts";

const FOLDER = path.join(import.meta.dirname, "../../../manifests/teams");
const TEXT = readFileSync(path.join(FOLDER, "manifest.json"), "utf8");
const APP_ID = "11111111-2222-3333-4444-555555555555";

interface Manifest {
  id: string;
  developer: { websiteUrl: string };
  validDomains: string[];
  bots: {
    botId: string;
    scopes: string[];
    supportsTargetedMessages?: boolean;
    commandLists: {
      scopes: string[];
      triggers?: string[];
      commands: { title: string; description: string }[];
    }[];
  }[];
  composeExtensions: { botId: string; commands: { id: string; type: string; title: string }[] }[];
}

const manifest = JSON.parse(TEXT) as Manifest;

describe("the manifest", () => {
  it("holds to the schema of its version", () => {
    expect(validateTeams(manifest)).toEqual([]);
  });

  test.each([
    ["without icons", { icons: undefined }],
    ["with a key of another version", { somethingNew: true }],
    ["with 13 commands", { bots: [{ ...manifest.bots[0], commandLists: [thirteen()] }] }],
  ])("is refused %s", (_name, over) => {
    expect(validateTeams(JSON.parse(JSON.stringify({ ...manifest, ...over })))).not.toEqual([]);
  });

  it("lists every command in every scope, and none that is gone", () => {
    const wanted = COMMANDS.map(({ name, summary }) => ({
      title: name,
      description: summary.replaceAll("`", ""),
    }));
    const lists = manifest.bots[0]!.commandLists;
    for (const { commands } of lists)
      expect(commands, "copy name and summary of src/commands into manifests/teams/manifest.json").toEqual(
        wanted,
      );
    expect(lists.flatMap(({ scopes }) => scopes).sort()).toEqual([...manifest.bots[0]!.scopes].sort());
  });

  it("has the message action and the search", () => {
    const commands = manifest.composeExtensions[0]!.commands;
    expect(commands.map(({ id, type, title }) => [id, type, title])).toEqual([
      ["triage", "action", "Triage this message"],
      ["lookup", "query", "Look a domain up"],
    ]);
  });

  it("gets the application's id and the address of an installation", () => {
    const filled = JSON.parse(fillManifest(TEXT, APP_ID, "https://mail.corp.example:8443/x")) as Manifest;
    expect([filled.id, filled.bots[0]!.botId, filled.composeExtensions[0]!.botId]).toEqual([
      APP_ID,
      APP_ID,
      APP_ID,
    ]);
    expect(filled.validDomains).toEqual(["mail.corp.example:8443"]);
    expect(filled.developer.websiteUrl).toBe("https://mail.corp.example:8443");
    expect(validateTeams(filled)).toEqual([]);
    expect(fillManifest(TEXT, undefined, undefined)).toBe(TEXT);
    expect(TEXT).toContain(NO_ID);
  });
});

describe("the manifest with what is in preview", () => {
  const preview = JSON.parse(previewManifest(TEXT)) as Manifest;

  it("holds to the schema, which knows what it adds", () => {
    expect(validateTeams(preview)).toEqual([]);
    const [bot] = preview.bots;
    const misspelt = { ...preview, bots: [{ ...bot, supportsTargetedMessage: true }] };
    expect(validateTeams(misspelt)).not.toEqual([]);
    const wrong = { ...bot!.commandLists[1], triggers: ["hash"] };
    expect(validateTeams({ ...preview, bots: [{ ...bot, commandLists: [wrong] }] })).not.toEqual([]);
  });

  it("has commands behind a slash where others read too, and takes what one person alone sees", () => {
    const [bot] = preview.bots;
    expect(bot!.supportsTargetedMessages).toBe(true);
    expect(bot!.commandLists.map(({ scopes, triggers }) => [scopes, triggers])).toEqual([
      [["personal"], undefined],
      [
        ["team", "groupChat"],
        ["mention", "slash"],
      ],
    ]);
  });

  it("is the plain one beside that", () => {
    const { supportsTargetedMessages, ...bot } = preview.bots[0]!;
    const commandLists = bot.commandLists.map(({ scopes, commands }) => ({ scopes, commands }));
    expect(supportsTargetedMessages).toBe(true);
    expect({ ...preview, bots: [{ ...bot, commandLists }] }).toEqual(manifest);
    expect(TEXT).not.toContain("supportsTargetedMessages");
  });
});

function thirteen() {
  const commands = Array.from({ length: 13 }, (_, at) => ({ title: `c${String(at)}` }));
  return { scopes: ["personal"], commands };
}

/** Width, height and the pixels as rows of red, green, blue, alpha. */
function readPng(file: Buffer): { width: number; height: number; pixels: number[][] } {
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const at = file.indexOf("IDAT", 0, "latin1");
  const data = inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)));
  const pixels = Array.from({ length: width * height }, (_, index) => {
    const from = Math.floor(index / width) * (width * 4 + 1) + 1 + (index % width) * 4;
    return [...data.subarray(from, from + 4)];
  });
  return { width, height, pixels };
}

describe("the icons", () => {
  const icons = drawIcons();

  test.each(["color.png", "outline.png"] as const)("%s is the one that is drawn", (name) => {
    const kept = readFileSync(path.join(FOLDER, name));
    expect(kept.equals(icons[name]), "run `npm run manifests`").toBe(true);
  });

  it("the large one is 192 by 192 and nowhere transparent", () => {
    const { width, height, pixels } = readPng(icons["color.png"]);
    expect([width, height]).toEqual([192, 192]);
    expect(pixels.every(([, , , alpha]) => alpha === 255)).toBe(true);
  });

  it("the small one is 32 by 32, white where it is not transparent", () => {
    const { width, height, pixels } = readPng(icons["outline.png"]);
    expect([width, height]).toEqual([32, 32]);
    const shown = pixels.filter(([, , , alpha]) => alpha! > 0);
    expect(shown.length).toBeGreaterThan(100);
    expect(shown.length).toBeLessThan(900);
    expect(shown.every(([red, green, blue]) => red === 255 && green === 255 && blue === 255)).toBe(true);
  });
});

describe("the zip", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "waxseal-zip-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const hasPython = spawnSync("python3", ["--version"]).status === 0;
  it.skipIf(!hasPython)("is read by another program, whole and with the same files", () => {
    const file = path.join(folder, "app.zip");
    writeFileSync(file, zipOf({ "manifest.json": Buffer.from(TEXT), ...drawIcons() }));
    const script =
      "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None;" +
      "print(' '.join(z.namelist()));sys.stdout.flush();sys.stdout.buffer.write(z.read('manifest.json'))";
    const { stdout, stderr } = spawnSync("python3", ["-c", script, file], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe(`manifest.json color.png outline.png\n${TEXT}`);
  });
});
