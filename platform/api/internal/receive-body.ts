import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import { errorCode } from '../../base/error-details';
import { MAX_FILE_BYTES } from '../../base/limits';
import type { ReceivedBytes } from '../../files/stored-files';
import { PlainTextError } from '../http/errors';

const OWNER_ONLY = 0o700;

const tooLarge = () => new PlainTextError(413, `the body is larger than ${MAX_FILE_BYTES} bytes`);

/** As the request declares it, bytes; null for one that does not. PlainTextError. */
export function declaredLength({ headers }: FastifyRequest): number | null {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = headers;
  if (encoding !== 'identity')
    throw new PlainTextError(400, 'the body must not be compressed: send it without Content-Encoding');
  if (length === undefined) return null;
  if (Number(length) > MAX_FILE_BYTES) throw tooLarge();
  return Number(length);
}

export interface ReceivedBody extends ReceivedBytes {
  readonly size: number;
}

/**
 * Writes a body to a file of its own below `directory`, and removes what is left of it at the end
 * of `use`. PlainTextError for one that is too large or ends early.
 */
export async function withReceivedBody<T>(
  { body }: FastifyRequest,
  directory: string,
  use: (received: ReceivedBody) => Promise<T>,
): Promise<T> {
  await mkdir(directory, { recursive: true, mode: OWNER_ONLY });
  const file = join(directory, randomUUID());
  try {
    return await use({ file, size: await receive(body as Readable | undefined, file) });
  } finally {
    await rm(file, { force: true });
  }
}

async function receive(body: Readable | undefined, file: string): Promise<number> {
  let size = 0;
  // The request stays open when this ends early: the client is answered on its connection.
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of body?.iterator({ destroyOnReturn: false }) ?? []) {
      size += (chunk as Buffer).length;
      if (size > MAX_FILE_BYTES) throw tooLarge();
      yield chunk as Buffer;
    }
  };
  try {
    await pipeline(chunks, createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    throw errorCode(error) === 'ECONNRESET' ? new PlainTextError(400, 'the body ended early') : error;
  }
  return size;
}
