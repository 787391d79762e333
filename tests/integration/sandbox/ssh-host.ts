import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, type Connection } from 'ssh2';

/** The name by which the client's configuration knows the host. */
export const HOST = 'sandbox-host';

/**
 * A host that is reached by ssh: a server in this process, which runs what it is asked as a child,
 * with a temporary directory of its own. `config` is for the client.
 */
export class SshHost implements AsyncDisposable {
  private readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'ssh-host-')));
  readonly temporary = join(this.directory, 'tmp');
  readonly config = join(this.directory, 'config');
  private readonly connections = new Set<Connection>();
  private server: Server | null = null;
  /** Programs that are found before those of this system. */
  private readonly programs = join(this.directory, 'programs');
  /** Commands so far. */
  commands = 0;
  /** Where a command includes this text, the host is lost once its input has started. */
  loseAt: string | null = null;
  /** Connections since the host was lost. */
  lostConnections = 0;
  private isLost = false;

  private port = 0;

  static async start(): Promise<SshHost> {
    const host = new SshHost();
    for (const directory of [host.temporary, host.programs]) mkdirSync(directory);
    for (const name of ['server', 'client'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(host.directory, name)]);
    await host.start();
    const lines = [`Host ${HOST}`, 'HostName 127.0.0.1', `Port ${host.port}`, 'User tests', 'StrictHostKeyChecking no'];
    const own = ['UserKnownHostsFile /dev/null', 'LogLevel ERROR', 'IdentitiesOnly yes'];
    writeFileSync(host.config, [...lines, ...own, `IdentityFile ${join(host.directory, 'client')}`, ''].join('\n'));
    return host;
  }

  /** Accepts connections, again on the same port. */
  async start(): Promise<void> {
    const key = readFileSync(join(this.directory, 'server'));
    const server = new Server({ hostKeys: [key] }, (connection) => this.accept(connection));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Adds a program of the shell to the host. */
  addProgram(name: string, script: string): void {
    writeFileSync(join(this.programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  removeProgram(name: string): void {
    rmSync(join(this.programs, name));
  }

  private accept(connection: Connection): void {
    if (this.isLost) {
      this.lostConnections++;
      connection.on('error', () => undefined);
      return void connection.end();
    }
    this.connections.add(connection);
    connection.on('close', () => this.connections.delete(connection));
    connection.on('error', () => undefined); // a client that is killed
    connection.on('authentication', (attempt) =>
      attempt.method === 'publickey' ? attempt.accept() : attempt.reject(['publickey']),
    );
    connection.on('session', (acceptSession) => {
      acceptSession().on('exec', (acceptExec, _, { command }) => {
        this.commands++;
        const channel = acceptExec();
        const env = { PATH: `${this.programs}:${process.env.PATH}`, TMPDIR: this.temporary };
        const child = spawn('sh', ['-c', command], { env, stdio: ['pipe', 'pipe', 'pipe'], cwd: this.directory });
        channel.pipe(child.stdin);
        if (this.loseAt !== null && command.includes(this.loseAt)) channel.once('data', () => this.lose());
        child.stdin.on('error', () => undefined); // a child that does not read its input
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr, { end: false });
        child.on('close', (code) => {
          channel.exit(code ?? 137);
          channel.end();
        });
      });
    });
  }

  /** Ends every connection, and each later one at once. */
  private lose(): void {
    this.isLost = true;
    for (const connection of this.connections) connection.end();
  }

  /** The host is back. */
  recover(): void {
    this.isLost = false;
    this.loseAt = null;
  }

  /** Ends every connection, and accepts no other. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server!.close(() => resolve()));
    for (const connection of this.connections) connection.end();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.server?.address()) await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
