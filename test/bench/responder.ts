/** A name server that does the least one can: any A question gets 192.0.2.1. In a process of its own, for measuring clients. */
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";
import { canPin } from "../support/dns-server-process.ts";

const HEADER = 12;
/** The owner as a pointer to the question, A, IN, 300 s, 4 octets. */
const RECORD = Buffer.from("c00c00010001" + "0000012c" + "0004" + "c0000201", "hex");
const BUFFER = 4 * 2 ** 20;

/** The query up to the end of its question, turned into an answer; EDNS is left away. */
function answerTo(query: Buffer): Buffer | null {
  let at = HEADER;
  while (at < query.length && query[at] !== 0) at += query[at]! + 1;
  const end = at + 5;
  if (end > query.length) return null;
  const answer = Buffer.allocUnsafe(end + RECORD.length);
  query.copy(answer, 0, 0, end);
  answer.set([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], 2);
  RECORD.copy(answer, end);
  return answer;
}

async function serve(): Promise<void> {
  const socket = dgram.createSocket({ type: "udp4", recvBufferSize: BUFFER, sendBufferSize: BUFFER });
  socket.on("message", (query, from) => {
    const answer = answerTo(query);
    if (answer !== null) socket.send(answer, from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  process.stdout.write(`127.0.0.1:${String(socket.address().port)}\n`);
  process.stdin.resume().on("end", () => process.exit(0));
}

/** Starts it, on another CPU where that can be had. It ends with `close`, or with this process. */
export async function startResponder(): Promise<{ address: string; close: () => Promise<void> }> {
  const own = [process.execPath, import.meta.filename];
  const [command, ...args] = canPin() ? ["taskset", "-c", "1", ...own] : own;
  const child = spawn(command!, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return {
    address: line.toString().trim(),
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}

if (process.argv[1] === import.meta.filename) await serve();
