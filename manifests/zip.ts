/** A zip of stored files (PKWARE APPNOTE 6.3.10, §4.3): no compression, and no time, so that the same files make the same zip. */
import { crc32 } from "node:zlib";

/** 1 January 1980, the first day a zip can name (§4.4.6). */
const DATE = 0x21;

/** Fields that the local header and the directory share, from "version needed" on (§4.3.7). */
function fields(name: Buffer, data: Buffer): Buffer {
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0);
  head.writeUInt16LE(DATE, 8);
  head.writeUInt32LE(crc32(data), 10);
  head.writeUInt32LE(data.length, 14);
  head.writeUInt32LE(data.length, 18);
  head.writeUInt16LE(name.length, 22);
  return head;
}

/** Packs files by their names, which are ASCII. */
export function zipOf(files: Readonly<Record<string, Buffer>>): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [file, data] of Object.entries(files)) {
    const name = Buffer.from(file, "latin1");
    const head = fields(name, data);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), head, name, data]);
    // §4.3.12: behind the shared fields come comment, disk and attributes, all 0, and where the entry lies.
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), head, tail, name);
    local.push(entry);
    offset += entry.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, index, end]);
}
