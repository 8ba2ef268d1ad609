/** Another process that holds SQLite's write lock until it is told to let go. */
import { spawn } from "node:child_process";

const HOLD = `
  const { DatabaseSync } = require("node:sqlite");
  const db = new DatabaseSync(process.argv[1]);
  db.exec("begin immediate");
  process.stdout.write("held");
  process.stdin.on("end", () => { db.exec("commit"); db.close(); });
  process.stdin.resume();
`;

/** Resolves when the lock is held; the function lets go and resolves when the process has ended. */
export async function holdLock(file: string): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "-e", HOLD, file], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => {
      resolve();
    });
    child.once("exit", () => {
      reject(new Error("the lock could not be held"));
    });
  });
  return async () => {
    child.stdin.end();
    await ended;
  };
}
