import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/**
 * Writes bytes at an offset of a file that is open for appending; a repeated write changes
 * nothing. Returns the size of the file: less than the offset where earlier bytes are missing, and
 * nothing was written. Bytes beyond `maxSize` are dropped.
 */
export async function appendAt(file: FileHandle, offset: number, bytes: Buffer, maxSize: number): Promise<number> {
  const { size } = await file.stat();
  const room = Math.max(0, maxSize - size);
  const added = offset > size ? Buffer.alloc(0) : bytes.subarray(size - offset).subarray(0, room);
  await file.appendFile(added);
  return size + added.length;
}

/** Size of an open file, bytes, and its SHA-256, hexadecimal. */
export async function measureFile(file: FileHandle): Promise<{ readonly size: number; readonly digest: string }> {
  const hash = createHash('sha256');
  for await (const bytes of file.createReadStream({ autoClose: false, start: 0 })) hash.update(bytes as Buffer);
  return { size: (await file.stat()).size, digest: hash.digest('hex') };
}
