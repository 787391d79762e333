import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { forwardConnections, type ConnectionForwarder } from './connection-forwarder';
import type { IsolationMode, NamespacePaths } from './confinement-spec';

/** Where the platform listens on this host. */
export interface PlatformAddress {
  readonly host: string;
  readonly ports: readonly number[];
}

/**
 * A network namespace in which nothing but the platform's ports can be reached, at their own
 * address. It exists as long as it is open here, or a process is in it.
 */
export interface PlatformNetwork {
  /** Where it can be entered. */
  readonly namespaces: NamespacePaths;
  close(): void;
}

interface NetworkOptions {
  readonly mode: IsolationMode;
  /** Path of Python. */
  readonly python: string;
  readonly address: PlatformAddress;
}

/** Neither a shell nor Node can do this, and not every host has `ip`: SIOCSIFFLAGS with IFF_UP. */
const START_LOOPBACK =
  'import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sH22x", b"lo", 1))';

/**
 * A socket stays in the namespace where it was made, in whatever process it is accepted. This one
 * closes its own before the first program connects, so that it accepts none.
 */
const LISTEN = `
const { once } = require('node:events');
const { createServer } = require('node:net');
const [host, ...ports] = process.argv.slice(1);
process.once('disconnect', () => process.exit());
(async () => {
  for (const port of ports) {
    const server = createServer().listen(Number(port), host);
    await once(server, 'listening');
    await new Promise((sent) => process.send(Number(port), server, sent));
    server.close();
  }
  process.send('ready');
})();
`;

const SETUP = 'set -e; "$1" -I -S -c "$2"; shift 2; exec "$@"';

/**
 * As a user other than root, it belongs to a user namespace of its own, which is entered with it.
 */
export async function openPlatformNetwork({ mode, python, address }: NetworkOptions): Promise<PlatformNetwork> {
  const namespaces = mode === 'root' ? ['--net'] : ['--user', '--map-root-user', '--net'];
  const listen = [process.execPath, '-e', LISTEN, address.host, ...address.ports.map(String)];
  const args = [...namespaces, '--', '/bin/sh', '-c', SETUP, 'network', python, START_LOOPBACK, ...listen];
  const child = spawn('unshare', args, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const forwarders: ConnectionForwarder[] = [];
  const descriptors: number[] = [];
  const close = () => {
    for (const forwarder of forwarders.splice(0)) forwarder.close();
    for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  };
  const openNamespace = (name: 'net' | 'user'): string => {
    const descriptor = openSync(`/proc/${child.pid}/ns/${name}`, 'r');
    descriptors.push(descriptor);
    return `/proc/${process.pid}/fd/${descriptor}`;
  };
  try {
    await listening(child, (server, port) => forwarders.push(forwardConnections(server, { host: address.host, port })));
    const user = mode === 'root' ? null : openNamespace('user');
    return { namespaces: { user, net: openNamespace('net') }, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    if (child.connected) child.disconnect();
  }
}

/** Resolves when the program has passed on a server for each port; rejects if it ends before. */
async function listening(child: ChildProcess, onServer: (server: Server, port: number) => void): Promise<void> {
  const isReady = new Promise<void>((resolve) => {
    child.on('message', (message, handle) => {
      if (handle instanceof Server) onServer(handle, Number(message));
      else resolve();
    });
  });
  const reason = text(child.stderr!);
  const hasFailed = once(child, 'close').then(async () => {
    throw new Error(`its network could not be made: ${(await reason).trim() || 'the setup ended'}`);
  });
  hasFailed.catch(() => undefined); // it ends after its work, too
  await Promise.race([isReady, hasFailed]);
}
