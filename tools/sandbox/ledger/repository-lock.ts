import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { SandboxError } from '../sandbox-error';

/**
 * The lock of a repository: one process of this user has it. The system releases it with the
 * process, since it is an abstract socket, of which nothing is in the file system. Throws
 * SandboxError with the process that has it.
 */
export async function lockRepository(root: string): Promise<Disposable> {
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 32);
  const path = `\0tuningfork-sandbox-${process.getuid!()}-${digest}`;
  const server = createServer((socket) => socket.on('error', () => undefined).end(String(process.pid)));
  server.listen(path).unref();
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const holder = await text(connect(path)).catch(() => 'unknown');
    throw new SandboxError('RUN_ALREADY_ACTIVE', `${root} is being run on this host as process ${holder}`);
  }
  return { [Symbol.dispose]: () => void server.close() };
}
