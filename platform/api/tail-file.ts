import { open } from 'node:fs/promises';
import type { StreamEvent } from '../../contract/executions';
import { codeOf } from '../worker/faults';

const CHUNK_BYTES = 64 * 1_024;

/**
 * The next bytes of a file that may still grow: at most one chunk, never half a character unless it is the last of all.
 * Empty: there are no more yet, or there is no file.
 */
export async function readFrom(path: string, at: number, ended: boolean): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
    const bytes = buffer.subarray(0, bytesRead);
    return ended && bytesRead < CHUNK_BYTES ? bytes : whole(bytes);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Without the beginning of a character at its end. What is no UTF-8 anyway is passed on. */
function whole(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

/** One server-sent event; the id is the offset to go on from. */
export const serverEvent = (name: StreamEvent, text: string, id?: number): string =>
  [`event: ${name}`, ...(id === undefined ? [] : [`id: ${id}`]), ...dataOf(text), '', ''].join('\n');

const dataOf = (text: string): string[] => text.split(/\r\n|\r|\n/).map((line) => `data: ${line}`);

/** A comment now and then: who reads learns that a quiet file is not a dead connection. */
export const STILL_THERE = ': still there\n\n';
