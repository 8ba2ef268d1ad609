/** What every bench needs: rates, medians, tables and gates. */

export interface Gate {
  what: string;
  value: number;
  min?: number;
  max?: number;
}

/** One part of the report. */
export interface Part {
  title: string;
  /** Markdown paragraphs. */
  notes: string[];
  tables: { columns: string[]; rows: string[][] }[];
  gates: Gate[];
}

/** How long to measure. */
export interface Effort {
  rounds: number;
  /** Milliseconds of one measurement. */
  ms: number;
  quick: boolean;
}

/** Runs `once` one after another for a time; calls per second. */
export async function rate(ms: number, once: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + ms;
  const start = performance.now();
  let count = 0;
  for (let now = start; now < end; now = performance.now()) {
    for (let i = 0; i < 16; i++) await once();
    count += 16;
  }
  return (count * 1_000) / (performance.now() - start);
}

export function quantile(values: Iterable<number>, share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export function median(values: Iterable<number>): number {
  return quantile(values, 0.5);
}

export function isMet({ value, min = -Infinity, max = Infinity }: Gate): boolean {
  return value >= min && value <= max;
}

/** 12,345; 12.3; 1.23 */
export function figure(value: number): string {
  const digits = value >= 1_000 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

function tableText(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  return [line(columns), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function gateRow(gate: Gate): string[] {
  const { what, value, min, max } = gate;
  const wanted = min === undefined ? `<= ${String(max)}` : `>= ${String(min)}`;
  return [what, wanted, value.toFixed(2), isMet(gate) ? "ok" : "MISSED"];
}

/** A part as markdown. */
export function partText({ title, notes, tables, gates }: Part): string {
  return [
    `## ${title}`,
    ...notes,
    ...tables.map(({ columns, rows }) => tableText(columns, rows)),
    tableText(["gate", "wanted", "measured", ""], gates.map(gateRow)),
  ].join("\n\n");
}
