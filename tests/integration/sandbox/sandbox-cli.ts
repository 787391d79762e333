import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SandboxReport } from '../../../contract/sandbox-report';
import { memberOfRun } from '../../../helpers/run-mark';
import { spawnCli, waitForExit } from '../embedded/cli-process';
import { pidsMentioning } from '../embedded/holder-process';

/** Where runs go that name no host: that of `.ci/with-sshd`, else this one. */
const { SANDBOX_HOST = '', SANDBOX_SSH_CONFIG = '', CONTAINERS_CONF } = process.env;
export const CHOSEN_HOST = SANDBOX_HOST || 'local';
/** Environment of a run on this host, whatever was chosen. */
export const ON_THIS_HOST = { SANDBOX_HOST: '' };

/** How a command of the sandbox ended. */
export interface CliEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A repository, and a host of its own for its runs: temporary and state directories. */
export class SandboxRepository implements Disposable {
  private readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'sandbox-test-')));
  readonly root = join(this.directory, 'repository');
  private readonly temporary = join(this.directory, 'tmp');
  private readonly state = join(this.directory, 'state');

  constructor(files: Readonly<Record<string, string>>) {
    mkdirSync(this.temporary);
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  /** Starts a command of `sandbox`. */
  spawn(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    return this.start(['sandbox', ...args], environment);
  }

  private start(args: readonly string[], environment: Readonly<Record<string, string>>) {
    const own = {
      TMPDIR: this.temporary,
      XDG_STATE_HOME: this.state,
      NO_COLOR: '1',
      CONTAINERS_CONF,
      ...memberOfRun(),
    };
    return spawnCli(args, { ...own, SANDBOX_HOST, SANDBOX_SSH_CONFIG, ...environment });
  }

  /** Runs a command of `sandbox`. */
  cli(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CliEnd> {
    return this.end(this.spawn(args, environment));
  }

  /** Runs a command of `hub`. */
  hub(args: readonly string[]): Promise<CliEnd> {
    return this.end(this.start(['hub', ...args], {}));
  }

  private async end(cli: ReturnType<typeof spawnCli>): Promise<CliEnd> {
    const [stdout, stderr, [code, signal]] = await Promise.all([text(cli.stdout), text(cli.stderr), waitForExit(cli)]);
    return { code, signal, stdout, stderr };
  }

  /** Runs the repository and reads the report that it prints. */
  async run(...args: readonly string[]): Promise<CliEnd & { readonly report: SandboxReport }> {
    const end = await this.cli(['run', this.root, '--json', ...args]);
    return { ...end, report: JSON.parse(end.stdout) as SandboxReport };
  }

  /** The directories of runs on the host. */
  directories(): string[] {
    const [base] = readdirSync(this.temporary).filter((name) => name.startsWith('tuningfork-sandbox-'));
    if (base === undefined) return [];
    return readdirSync(join(this.temporary, base)).filter((name) => name !== 'ports');
  }

  /** What is in the temporary directory of the host. */
  leftBehind(): string[] {
    return readdirSync(this.temporary);
  }

  /** Ids of the runs that have a ledger. */
  ledgers(): string[] {
    const directory = join(this.state, 'tuningfork/sandbox');
    return existsSync(directory) ? readdirSync(directory) : [];
  }

  /** Makes the results of a run this many days old. */
  age(id: string, days: number): void {
    const then = new Date(Date.now() - days * 86_400_000);
    utimesSync(join(this.state, 'tuningfork/sandbox', id), then, then);
  }

  /** Names of the reports that wait for a hub. */
  spooled(): string[] {
    const directory = join(this.state, 'tuningfork/hub-spool');
    return existsSync(directory) ? readdirSync(directory).filter((name) => name !== 'rejected') : [];
  }

  /** What the test command of the newest run wrote. */
  output(report: SandboxReport, stream: 'stdout' | 'stderr'): string {
    return readFileSync(report.test!.files[stream], 'utf8');
  }

  /** Also ends what a failed test has left running. */
  [Symbol.dispose](): void {
    const pids = this.ledgers().flatMap((id) => pidsMentioning(`TUNINGFORK_SANDBOX_${id}`));
    if (pids.length > 0) spawnSync('kill', ['-KILL', ...pids.map(String)]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A web server that answers 200. */
const WEB = `services:
  web:
    x-process: exec python3 -m http.server "$WEB_PORT" --bind 127.0.0.1
    ports: ["\${WEB_PORT}:80"]
`;

export const manifest = (test: string, more = ''): string =>
  `name: trial\ncompose_file: e2e/compose.yml\ntest_command: ${JSON.stringify(test)}\n${more}`;

export const WEB_CHECK = `health_checks:
  - name: web
    url: http://127.0.0.1:\${WEB_PORT}/
    timeout: 60
`;

/** A repository with one web server and this test command. */
export const webRepository = (test: string, more = WEB_CHECK): SandboxRepository =>
  new SandboxRepository({ 'e2e/e2e.yml': manifest(test, more), 'e2e/compose.yml': WEB });

const LISTENING = `    healthcheck:
      test: python3 -c "import socket; socket.create_connection(('127.0.0.1', $WEB_PORT))"
      interval: 1s
      retries: 60
  idle:
    x-process: exec sleep 600
    depends_on: { web: { condition: service_healthy } }
`;

/** The same; its stack is up once the web server listens. */
export const listeningRepository = (test: string, more: string): SandboxRepository =>
  new SandboxRepository({ 'e2e/e2e.yml': manifest(test, more), 'e2e/compose.yml': WEB + LISTENING });
