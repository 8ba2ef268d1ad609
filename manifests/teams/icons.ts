/** The app's icons for Teams, drawn here: a wax seal with a tick. PNG by node:zlib alone. */
import { crc32, deflateSync } from "node:zlib";

/** Samples of a pixel in each direction. */
const SAMPLES = 4;

type Color = readonly [red: number, green: number, blue: number, alpha: number];

const CLEAR: Color = [0, 0, 0, 0];
const GROUND: Color = [0x24, 0x41, 0x5f, 255];
const WAX: Color = [0xb3, 0x2d, 0x2d, 255];
const LIGHT: Color = [255, 255, 255, 255];

/** The color of a point; both axes run from -1 to 1. */
type Picture = (x: number, y: number) => Color;

/** The seal's edge, uneven as wax is. */
function edge(x: number, y: number): number {
  return 0.76 + 0.05 * Math.cos(9 * Math.atan2(y, x));
}

/** How far a point lies from the tick's two strokes. */
function toTick(x: number, y: number): number {
  return Math.min(toStroke(x, y, [-0.33, 0.02], [-0.09, 0.27]), toStroke(x, y, [-0.09, 0.27], [0.36, -0.26]));
}

function toStroke(
  x: number,
  y: number,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = Math.min(Math.max(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0), 1);
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

const color: Picture = (x, y) => {
  const far = Math.hypot(x, y);
  if (far > edge(x, y)) return GROUND;
  if (toTick(x, y) < 0.085) return LIGHT;
  return Math.abs(far - 0.58) < 0.02 ? LIGHT : WAX;
};

/** White on nothing, as Teams wants it. */
const outline: Picture = (x, y) => {
  const far = Math.hypot(x, y);
  const isLine = Math.abs(far - edge(x, y) - 0.1) < 0.08 || toTick(x, y) < 0.1;
  return isLine ? LIGHT : CLEAR;
};

/** The mean of a pixel's samples, colors weighted by what shows of them. */
function pixel(picture: Picture, size: number, column: number, row: number): Color {
  const sum = [0, 0, 0, 0];
  for (let at = 0; at < SAMPLES * SAMPLES; at += 1) {
    const x = (column + ((at % SAMPLES) + 0.5) / SAMPLES) / size;
    const y = (row + (Math.floor(at / SAMPLES) + 0.5) / SAMPLES) / size;
    const [red, green, blue, alpha] = picture(2 * x - 1, 2 * y - 1);
    for (const [index, part] of [red, green, blue].entries()) sum[index]! += part * alpha;
    sum[3]! += alpha;
  }
  const [red, green, blue, alpha] = sum as [number, number, number, number];
  const shown = alpha === 0 ? 1 : alpha;
  return [red / shown, green / shown, blue / shown, alpha / SAMPLES ** 2];
}

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

/** PNG (ISO/IEC 15948): 8 bits a channel, with alpha, no filter. */
function png(picture: Picture, size: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const rows = Array.from({ length: size }, (_, row) => [
    0,
    ...Array.from({ length: size }, (__, column) => pixel(picture, size, column, row).map(Math.round)).flat(),
  ]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.from(rows.flat()), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The files of the package by name. Sizes: reference chat-platforms.md B2. */
export function drawIcons(): Record<"color.png" | "outline.png", Buffer> {
  return { "color.png": png(color, 192), "outline.png": png(outline, 32) };
}
