import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { EXIT_CODES } from '../../contract/errors';
import { errorCode, errorMessage } from '../../platform/base/error-details';
import { CommandError } from '../failures';

/** Other users may enter it, and not list it: confined programs have users of their own. */
const ENTER_ONLY = 0o711;

/**
 * Creates the directory, and keeps other workers of this host from it until this process ends, in
 * whatever way: the kernel removes a socket without a file. Throws CommandError, exit 2.
 */
export async function lockDirectory(directory: string): Promise<{ release(): void }> {
  try {
    mkdirSync(directory, { recursive: true, mode: ENTER_ONLY });
    const name = createHash('sha256').update(realpathSync(directory)).digest('hex');
    return await listenWithoutFile(`\0tuningfork-worker-${name}`);
  } catch (error) {
    const why = errorCode(error) === 'EADDRINUSE' ? 'another worker uses it' : errorMessage(error);
    throw new CommandError(
      `DIRECTORY_UNUSABLE: ${directory}: ${why}; use --directory with one of its own`,
      EXIT_CODES.usage,
    );
  }
}

async function listenWithoutFile(path: string): Promise<{ release(): void }> {
  const server: Server = createServer((socket) => socket.destroy()).listen(path);
  await once(server, 'listening');
  server.unref();
  return { release: () => void server.close() };
}
