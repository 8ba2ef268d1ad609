/** The commands, in the order in which help lists them. */
import { checkCommand } from "./check.ts";
import type { Command } from "./command.ts";
import { dkimCommand } from "./dkim.ts";
import { dmarcCommand } from "./dmarc.ts";
import { createHelp } from "./help.ts";
import { providersCommand } from "./providers.ts";
import { setupCommand } from "./setup.ts";
import { spfCommand } from "./spf.ts";
import { triageCommand } from "./triage.ts";

export const COMMANDS: readonly Command[] = [
  spfCommand,
  dkimCommand,
  dmarcCommand,
  checkCommand,
  providersCommand,
  setupCommand,
  triageCommand,
  createHelp(() => COMMANDS),
];
