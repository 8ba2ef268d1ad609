/** The commands, in the order in which help lists them. */
import type { Command } from "./command.ts";
import { createHelp } from "./help.ts";
import { spfCommand } from "./spf.ts";

export const COMMANDS: readonly Command[] = [spfCommand, createHelp(() => COMMANDS)];
