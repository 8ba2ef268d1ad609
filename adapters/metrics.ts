/** Prometheus figures of this process: commands, their time, name servers. No name or text of anybody is a label. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What one answered command was. */
export interface Observation {
  command: string;
  platform: string;
  outcome: string;
  seconds: number;
}

export interface ServerFigures {
  server: string;
  state: string;
  rttMs: number | undefined;
  inFlight: number;
}

export interface Metrics {
  observe(observation: Observation): void;
  /** The exposition format, and its content type. */
  read(): Promise<{ text: string; type: string }>;
}

/** Makes the figures; `servers` is read at each look. */
export function createMetrics(servers: () => readonly ServerFigures[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const commands = new Counter({
    name: "waxseal_commands_total",
    help: "Commands answered.",
    labelNames: ["command", "platform", "outcome"],
    registers,
  });
  const seconds = new Histogram({
    name: "waxseal_command_seconds",
    help: "Time from a command to its answer.",
    labelNames: ["command"],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 9],
    registers,
  });
  new Gauge({
    name: "waxseal_dns_in_flight",
    help: "DNS questions under way, by name server.",
    labelNames: ["server"],
    registers,
    collect() {
      for (const { server, inFlight } of servers()) this.set({ server }, inFlight);
    },
  });
  new Gauge({
    name: "waxseal_dns_failing",
    help: "1 where a name server fails.",
    labelNames: ["server"],
    registers,
    collect() {
      for (const { server, state } of servers()) this.set({ server }, state === "failing" ? 1 : 0);
    },
  });
  return {
    observe({ command, platform, outcome, seconds: took }) {
      commands.inc({ command: command === "" ? "unknown" : command, platform, outcome });
      seconds.observe({ command: command === "" ? "unknown" : command }, took);
    },
    async read() {
      return { text: await registry.metrics(), type: registry.contentType };
    },
  };
}
