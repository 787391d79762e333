import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { RegularFile } from '../../files/regular-file';

export interface SentBytes {
  readonly size: number;
  readonly body: Readable;
}

/** Sends bytes that no browser may interpret as another type, or keep. */
export const sendBytes = (reply: FastifyReply, { size, body }: SentBytes, type = 'application/octet-stream') =>
  reply
    .type(type)
    .header('content-length', size)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .send(body);

/** The bytes that an open file has now: what is appended while they are sent is left out. */
export const bytesOfFile = ({ file, size }: RegularFile): SentBytes => ({
  size,
  body: size === 0 ? emptyStream(file) : file.createReadStream({ start: 0, end: size - 1 }),
});

/** Closes the file as well. */
const emptyStream = (file: RegularFile['file']): Readable =>
  new Readable({
    read() {
      this.push(null);
    },
    destroy: (error, done) => void file.close().then(() => done(error), done),
  });
