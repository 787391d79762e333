import { gzipSync } from 'node:zlib';

/** One entry of a tar archive, valid or not. */
export interface RawEntry {
  /** At most 100 bytes; longer ones go into `pax`. */
  readonly path: string;
  /**
   * `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` directory, `6` fifo, `S`
   * sparse.
   */
  readonly type?: string;
  readonly body?: Buffer | string;
  readonly mode?: number;
  readonly linkname?: string;
  /** Size in the header, instead of the body's length. */
  readonly size?: number;
  /** Records of an extended header before it. */
  readonly pax?: Readonly<Record<string, string>>;
}

const BLOCK_BYTES = 512;
const MAX_OCTAL_SIZE = 0o77777777777;

/** A gzip tar of these entries. */
export const rawTar = (entries: readonly RawEntry[]): Buffer =>
  gzipSync(Buffer.concat([...entries.flatMap(entryBlocks), Buffer.alloc(2 * BLOCK_BYTES)]), { level: 1 });

/** A gzip tar of plain files. */
export const plainTar = (files: Readonly<Record<string, string>>): Buffer =>
  rawTar(Object.entries(files).map(([path, body]) => ({ path, body })));

function entryBlocks(entry: RawEntry): Buffer[] {
  const body = Buffer.from(entry.body ?? '');
  const records = Object.entries(entry.pax ?? {});
  const extended = records.length === 0 ? [] : entryBlocks({ path: 'PaxHeader', type: 'x', body: paxRecords(records) });
  return [...extended, entryHeader(entry, entry.size ?? body.length), padToBlock(body)];
}

/** `<length> key=value\n`, where the length counts itself. */
const paxRecords = (records: readonly (readonly [string, string])[]): string =>
  records
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      const digits = String(rest + String(rest).length).length;
      return `${rest + digits} ${key}=${value}\n`;
    })
    .join('');

function entryHeader({ path, type = '0', mode = 0o644, linkname = '' }: RawEntry, size: number): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(path, 0, 100);
  header.write(octal(mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(Math.min(size, MAX_OCTAL_SIZE), 12), 124);
  header.write(octal(0, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write(linkname, 157, 100);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

const padToBlock = (body: Buffer): Buffer =>
  body.length % BLOCK_BYTES === 0
    ? body
    : Buffer.concat([body, Buffer.alloc(BLOCK_BYTES - (body.length % BLOCK_BYTES))]);
