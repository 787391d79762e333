import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { outputOf, spawnCli, waitForExit } from '../embedded/cli-process';
import { copyProject, type ProjectCopy } from '../runtimes/project-copy';

/** Installs every dependency, and starts a platform. */
jest.setTimeout(300_000);

let copy: ProjectCopy;
let scratch: string;
beforeAll(() => {
  copy = copyProject();
  git('init', '--quiet');
  writeFileSync(join(copy.root, '.git/info/exclude'), 'node_modules\n');
  commit();
  scratch = mkdtempSync(join(tmpdir(), 'smoke-'));
});
afterAll(() => {
  copy[Symbol.dispose]();
  rmSync(scratch, { recursive: true, force: true });
});
afterEach(() => expect(leftBehind()).toEqual([]));

function git(...args: readonly string[]): void {
  execFileSync('git', ['-C', copy.root, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
}

function commit(): void {
  git('add', '--all');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'files');
}

/** What commands have left in the directory for temporary files. */
const leftBehind = (): string[] => readdirSync(scratch).filter((name) => name.startsWith('tuningfork-'));

/** Starts `tuningfork smoke …` of the copy. */
const spawnSmoke = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnCli(
    ['smoke', ...args],
    {
      ...process.env,
      NO_COLOR: '1',
      TMPDIR: scratch,
      GITHUB_ACTIONS: undefined,
      GITHUB_STEP_SUMMARY: undefined,
      ...env,
    },
    join(copy.root, 'bin/tuningfork.js'),
  );

function runSmoke(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return outputOf(spawnSmoke(args, env));
}

interface SmokeReceipt {
  readonly commit: string | null;
  readonly package: { readonly file: string; readonly version: string };
  readonly loop?: { readonly verdict: string; readonly assertions: readonly object[] };
  readonly steps: readonly { readonly step: string; readonly status: string; readonly text: string }[];
}

/** Packs the launcher and the policy alone: a small package, of which npm finds dependencies. */
function packLauncher(change: (manifest: string) => string): string {
  const directory = mkdtempSync(join(scratch, 'packed-'));
  const files = JSON.stringify(['bin', 'gate/policy.yml']);
  const restore = copy.edit('package.json', (manifest) => change(manifest.replace(/(?<="files": )\[[^\]]*\]/, files)));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', directory], { cwd: copy.root, stdio: 'pipe' });
  restore();
  return join(directory, 'tuningfork-0.1.0.tgz');
}

let unchanged: string | undefined;
const unchangedLauncher = (): string => (unchanged ??= packLauncher((manifest) => manifest));

const stepsOf = (stdout: string): string[] =>
  (JSON.parse(stdout) as SmokeReceipt).steps.map(({ step, status }) => `${step} ${status}`);

test('smoke proves the example on the packed and installed project', async () => {
  const { code, stdout, stderr } = await runSmoke([]);

  expect({ code, failed: stderr.split('\n').filter((line) => line.startsWith('✗')) }).toEqual({
    code: 0,
    failed: [],
  });
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'proven',
    commit: execFileSync('git', ['-C', copy.root, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
    package: { file: 'tuningfork-0.1.0.tgz', version: '0.1.0' },
    loop: { verdict: 'proven', workflow: 'greeting.greet', assertions: [{ holds: true }, { holds: true }] },
  });
  expect(stepsOf(stdout)).toEqual(
    ['pack', 'install', 'search', 'boot', 'loop', 'stop', 'remove'].map((step) => `${step} passed`),
  );
});

test('smoke fails where the package does not name its dependencies', async () => {
  const tarball = packLauncher((manifest) => manifest.replace('"dependencies"', '"unused"'));

  const { code, stdout, stderr } = await runSmoke([tarball, '--json']);

  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stepsOf(stdout)).toEqual(['pack passed', 'install passed', 'search passed', 'boot failed', 'remove passed']);
  const receipt = JSON.parse(stdout) as SmokeReceipt;
  expect(receipt).toMatchObject({ verdict: 'failed', commit: null });
  expect(receipt.steps[3]!.text).toContain("Cannot find module 'esbuild'");
});

test.each([
  ['has changed', 'README.md'],
  ['is not tracked', 'notes.md'],
])('smoke refuses a checkout where a file %s', async (_, file) => {
  const path = join(copy.root, file);
  writeFileSync(path, 'changed\n');
  const { code, stdout, stderr } = await runSmoke([]);
  git('checkout', '--quiet', '.');
  git('clean', '--quiet', '--force');

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    `tuningfork: SMOKE_NEEDS_RELEASE: ${file} differs from the commit: commit or remove what differs, ` +
      'or give a tarball: tuningfork smoke <tarball>\n',
  );
});

test('smoke refuses a tarball that does not exist', async () => {
  expect(await runSmoke(['no-such.tgz'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'tuningfork: there is no file no-such.tgz: give a tarball as `npm pack` writes it\n',
  });
});

/** A registry that accepts connections, and never responds. */
async function silentRegistry() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket));
  const connected = once(server, 'connection');
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const settings = {
    npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    npm_config_cache: join(scratch, 'cache'),
    npm_config_fetch_retries: '0',
  };
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await once(server.close(), 'close');
  };
  return { settings, connected, close };
}

test('smoke removes its directory on Ctrl-C, and ends by the signal', async () => {
  const registry = await silentRegistry();
  const tarball = unchangedLauncher();
  const cli = spawnSmoke([tarball], registry.settings);
  const output = Promise.all([text(cli.stdout), text(cli.stderr), waitForExit(cli)]);
  await registry.connected;
  cli.kill('SIGINT');
  const [stdout, , [code, signal]] = await output;
  await registry.close();

  expect({ stdout, code, signal }).toEqual({ stdout: '', code: null, signal: 'SIGINT' });
});

test('smoke exits with 3 where there is no npm', async () => {
  const { code, stdout } = await runSmoke([unchangedLauncher(), '--json'], { PATH: join(scratch, 'none') });

  expect(code).toBe(3);
  expect(stepsOf(stdout)).toEqual(['pack passed', 'install failed', 'remove passed']);
  expect((JSON.parse(stdout) as SmokeReceipt).steps[1]!.text).toBe(
    'NPM_MISSING: there is no npm on the PATH: install it with Node',
  );
});

test('smoke exits with 3 where the registry does not respond', async () => {
  const registry = await silentRegistry();
  await registry.close();

  const { code, stdout } = await runSmoke([unchangedLauncher(), '--json'], registry.settings);

  expect(code).toBe(3);
  expect(stepsOf(stdout)).toEqual(['pack passed', 'install failed', 'remove passed']);
  expect((JSON.parse(stdout) as SmokeReceipt).steps[1]!.text).toContain('ECONNREFUSED');
});
