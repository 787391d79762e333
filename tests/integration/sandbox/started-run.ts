import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { waitForExit } from '../embedded/cli-process';
import { ON_THIS_HOST, type SandboxRepository } from './sandbox-cli';

/** Starts a run, and waits until it prints a text. */
export async function startRun(repository: SandboxRepository, text: string, args: readonly string[] = []) {
  const cli = repository.spawn(['run', repository.root, ...args], ON_THIS_HOST);
  const chunks: string[] = [];
  const ended = waitForExit(cli);
  cli.stderr.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  while (!chunks.join('').includes(text)) await once(cli.stderr, 'data');
  return { cli, ended, printed: () => chunks.join('') };
}

/** A port that accepts connections, and answers none; `connected` after the first one. */
export async function silentPort() {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  const connected = once(server, 'connection');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connected,
    [Symbol.dispose]: () => void server.close().unref(),
  };
}
