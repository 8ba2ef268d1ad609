/** Random bits for ids and for the case of letters, from the system's generator, drawn in bulk. Never Math.random. */
import { randomFillSync } from "node:crypto";

const pool = new Uint32Array(2_048);
let next = pool.length;

/** 32 random bits. */
export function random32(): number {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  return pool[next++]!;
}
