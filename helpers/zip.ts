import { crc32 } from 'node:zlib';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8_NAMES = 0x0800;
/** 1 January 1980, as the format counts: the same files give the same bytes. */
const DATE = 0x0021;
const REGULAR_FILE = 0o100644 << 16;

/** Fields as little-endian numbers: `[bytes, value]`. */
function packed(...fields: [2 | 4, number][]): Buffer {
  return Buffer.concat(
    fields.map(([width, value]) => {
      const field = Buffer.alloc(width);
      field.writeUIntLE(value >>> 0, 0, width);
      return field;
    }),
  );
}

/** The files as one zip archive, uncompressed, in the order given. */
export function zipOf(files: ReadonlyMap<string, string>): Buffer {
  const entries: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of files) {
    const name = Buffer.from(path);
    const content = Buffer.from(text);
    const shared = packed([2, UTF8_NAMES], [2, 0], [2, 0], [2, DATE], [4, crc32(content)]);
    const sizes = packed([4, content.length], [4, content.length], [2, name.length], [2, 0]);
    const entry = Buffer.concat([packed([4, LOCAL], [2, VERSION]), shared, sizes, name, content]);
    const place = packed([2, 0], [2, 0], [2, 0], [4, REGULAR_FILE], [4, offset]);
    directory.push(packed([4, CENTRAL], [2, VERSION], [2, VERSION]), shared, sizes, place, name);
    entries.push(entry);
    offset += entry.length;
  }
  const central = Buffer.concat(directory);
  const counts = packed([2, 0], [2, 0], [2, files.size], [2, files.size], [4, central.length], [4, offset], [2, 0]);
  return Buffer.concat([...entries, central, packed([4, END]), counts]);
}
