import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** Bytes of a stream that are stored; the rest is counted only. */
const MAX_BYTES = 64 * 1_024 * 1_024;
/** From the end of a file, in which its last lines are looked for, bytes. */
const TAIL_BYTES = 256 * 1_024;

/** One stream of the test command, on its way into a file and to the user. */
export interface StoredOutput {
  readonly to: Writable;
  /** Resolves when all of it is in the file. */
  end(): Promise<void>;
}

/**
 * Stores a stream in a file, with a last line where it was too long, and copies it to another. A
 * file that cannot be written is a warning: the test command decides the run.
 */
export function storeOutput(file: string, copy: Writable | undefined): StoredOutput {
  let bytes = 0;
  const to = new Transform({
    transform(chunk: Buffer, _, done) {
      const rest = Math.max(0, MAX_BYTES - bytes);
      bytes += chunk.length;
      done(null, chunk.subarray(0, rest));
    },
    flush(done) {
      done(null, bytes > MAX_BYTES ? `\n[${bytes - MAX_BYTES} more bytes were not stored]\n` : undefined);
    },
  });
  const written = to.pipe(createWriteStream(file));
  const stored = finished(written).catch((error: unknown) => {
    process.stderr.write(`warning: ${file} was not written: ${String(error)}\n`);
    to.resume(); // the command must not wait for it
  });
  if (copy) to.pipe(copy, { end: false });
  const end = async () => {
    to.end();
    await stored;
  };
  return { to, end };
}

/** The last lines of a file, at most `most`; of a very long line its end. None: no file. */
export async function lastLines(file: string, most: number): Promise<string[]> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return [];
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString().split('\n');
    return (lines.at(-1) === '' ? lines.slice(0, -1) : lines).slice(-most);
  } finally {
    await handle.close();
  }
}
