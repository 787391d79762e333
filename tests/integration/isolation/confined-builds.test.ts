import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runInstaller } from '../../../platform/worker/environments/run-installer';
import { pidsMentioning } from '../embedded/holder-process';
import { backendTest as test } from './backends';
import { FIRST_UID, withConfinedRunner } from './confined-runner';

const confined = withConfinedRunner();

/** Home of the operator, with settings of npm, and a file of certificates that no program sees. */
const home = mkdtempSync(join(tmpdir(), 'confined-home-'));
const variables = { HOME: home, REQUESTS_CA_BUNDLE: join(home, 'ca.pem') };
const outerVariables = { ...process.env };
beforeAll(() => {
  chmodSync(home, 0o755);
  writeFileSync(join(home, '.npmrc'), 'registry=https://registry.example.test/\n');
  writeFileSync(join(home, 'ca.pem'), 'certificates\n');
  writeFileSync(join(home, 'other'), 'other\n');
  process.env = { ...outerVariables, ...variables };
});
afterAll(() => {
  process.env = outerVariables;
  rmSync(home, { recursive: true });
});

/** Runs one step of a build of the tenant, with a directory that it may write. */
async function build(script: string, tenant = 1) {
  const directory = join(confined().directory, 'environments', String(tenant), 'demo');
  mkdirSync(directory, { recursive: true });
  const options = { killGraceMs: 300, marker: `build-${process.pid}`, actionVariables: [], onOutput: () => undefined };
  const step = { command: 'sh', args: ['-c', script], cwd: directory, writable: [directory] };
  const stop = new AbortController().signal;
  return { directory, ...(await runInstaller(step, { ...options, tenant, builds: confined().builds, stop })) };
}

test('RT-05 a step of a build writes its directory, as the user of its tenant', async () => {
  const { ok, log, directory } = await build('echo installed >module; id -u', 2);

  const uid = process.getuid!() === 0 ? FIRST_UID + 2 : process.getuid!();
  expect([ok, log, readFileSync(join(directory, 'module'), 'utf8')]).toEqual([true, String(uid), 'installed\n']);
  expect(statSync(join(directory, 'module')).uid).toBe(uid);
});

test('RT-05 a step of a build sees neither the platform nor other tenants', async () => {
  confined().writePackFile(2, 'secret', 'of another tenant');
  const paths = [
    join(confined().packDirectory(2), 'secret'),
    join(confined().directory, 'postgres', 'file'),
    join(home, 'other'),
    `/proc/${process.pid}/environ`,
  ];
  for (const path of paths.slice(0, 2)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'secret', { mode: 0o644 });
  }

  const { log } = await build(
    `for path in ${paths.join(' ')}; do cat "$path" 2>/dev/null && echo open; done; echo end`,
  );

  expect(log).toBe('end');
});

test('RT-05 a step of a build cannot change the packs of its tenant', async () => {
  confined().writePackFile(1, 'mine', 'before');
  const path = join(confined().packDirectory(1), 'mine');

  const { log } = await build(`cat '${path}'; echo; (echo after >'${path}') 2>/dev/null || echo refused`);

  expect([log.split('\n').at(-1), readFileSync(path, 'utf8')]).toEqual(['refused', 'before']);
});

test('a confined installer gets settings and certificates of the operator', async () => {
  const { log } = await build('cat "$npm_config_userconfig" "$REQUESTS_CA_BUNDLE"');

  expect(log).toBe('registry=https://registry.example.test/\ncertificates');
});

test('RT-03 no process of a step outlives it', async () => {
  const mark = `build-orphan-${process.pid}`;

  const { log } = await build(`(env -i setsid sh -c 'sleep 30; : ${mark}' </dev/null >/dev/null 2>&1 &); echo done`);

  expect([log, pidsMentioning(mark)]).toEqual(['done', []]);
});
