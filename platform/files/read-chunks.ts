import type { FileHandle } from 'node:fs/promises';
import { openBelow, type FileBelow } from './open-below';

const CHUNK_BYTES = 64 * 1_024;

/**
 * Reads a file from byte `offset` to its current end. While the file may still grow, a chunk never
 * ends within a character. Yields nothing where there is no file.
 */
export async function* readChunks(source: FileBelow, offset: number, isComplete: boolean): AsyncGenerator<Buffer> {
  await using file = await openBelow(source);
  if (file === null) return;
  for (let position = offset; ;) {
    const chunk = await readChunk(file, position, isComplete);
    if (chunk.length === 0) return;
    position += chunk.length;
    yield chunk;
  }
}

/** The same of bytes that are complete. */
export async function* bytesInChunks(bytes: Buffer, offset: number): AsyncGenerator<Buffer> {
  for (let position = offset; position < bytes.length;) {
    const piece = bytes.subarray(position, position + CHUNK_BYTES);
    const chunk = position + piece.length < bytes.length ? dropIncompleteCharacter(piece) : piece;
    position += chunk.length;
    yield chunk;
    await Promise.resolve();
  }
}

async function readChunk(file: FileHandle, offset: number, isComplete: boolean): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, offset);
  const bytes = buffer.subarray(0, bytesRead);
  return isComplete && bytesRead < CHUNK_BYTES ? bytes : dropIncompleteCharacter(bytes);
}

/** Drops an incomplete UTF-8 sequence at the end. Invalid UTF-8 is kept. */
function dropIncompleteCharacter(bytes: Buffer): Buffer {
  for (let distanceFromEnd = 1; distanceFromEnd <= Math.min(3, bytes.length); distanceFromEnd++) {
    const byte = bytes[bytes.length - distanceFromEnd]!;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > distanceFromEnd ? bytes.subarray(0, bytes.length - distanceFromEnd) : bytes;
  }
  return bytes;
}
