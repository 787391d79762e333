import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pidsMentioning } from '../embedded/holder-process';
import { listeningRepository, manifest, SandboxRepository, WEB_CHECK, webRepository } from './sandbox-cli';

jest.setTimeout(120_000);

const processesOf = ({ run }: { readonly run: { readonly id: string } }): number[] =>
  pidsMentioning(`TUNINGFORK_SANDBOX_${run.id}`);

test('S2-04 two runs of one repository at once do not meet', async () => {
  using repository = webRepository('echo "$SANDBOX_DIRECTORY $WEB_PORT"');

  const [one, other] = await Promise.all([repository.run(), repository.run()]);

  expect([one.code, other.code]).toEqual([0, 0]);
  const names = [one, other].map(({ report }) => report.run.name);
  expect(names.every((name) => /^trial-[0-9a-f]{8}$/.test(name))).toBe(true);
  const outputs = [one, other].map(({ report }) => repository.output(report, 'stdout').trim().split(' '));
  for (const values of [names, outputs.map(([directory]) => directory), outputs.map(([, port]) => port)])
    expect(new Set(values).size).toBe(2);
  expect(outputs.map(([, port]) => Number(port))).toEqual([one.report.ports.WEB_PORT, other.report.ports.WEB_PORT]);
  expect(repository.directories()).toEqual([]);
});

test('S2-05 the copy is the working tree and nothing else', async () => {
  using repository = webRepository('find . -type f | sort; cat edited; cat in/link; test -x run.sh', '');
  const git = (...args: string[]) => execFileSync('git', ['-C', repository.root, ...args]);
  for (const name of ['edited', 'ignored', 'in/file', 'removed', '-dash', 'a\nb']) repository.write(name, 'old\n');
  repository.write('.gitignore', 'ignored\n');
  repository.write('run.sh', '');
  execFileSync('chmod', ['755', join(repository.root, 'run.sh')]);
  git('init', '-q');
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.test', 'commit', '-qm', 'first');
  repository.write('edited', 'new\n');
  repository.write('untracked', '');
  git('rm', '-q', 'removed');
  symlinkSync('file', join(repository.root, 'in/link'));

  const { code, report } = await repository.run();

  expect({ code, dirty: report.repository.dirty, sync: report.sync }).toEqual({ code: 0, dirty: true, sync: 'tar' });
  expect(report.repository.commit).toMatch(/^[0-9a-f]{40}$/);
  const files = ['./-dash', './.gitignore', './a', 'b', './e2e/compose.yml', './e2e/e2e.yml', './edited', './in/file'];
  const output = [...files, './run.sh', './untracked', 'new', 'old', ''].sort();
  expect(repository.output(report, 'stdout').split('\n').sort()).toEqual(output);
});

test.each([
  ['an absolute link', '/etc/hostname'],
  ['a relative link', '../../outside'],
])('S2-05 %s out of the tree is rejected before anything is copied', async (_, target) => {
  using repository = webRepository('true');
  symlinkSync(target, join(repository.root, 'link'));

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure }).toMatchObject({ code: 2, failure: { code: 'SYNC_ESCAPES_ROOT' } });
  expect(report.failure!.message).toContain(`link → ${target}`);
  expect(report.phases.map(({ outcome }) => outcome)).toEqual([
    ...['passed', 'failed', 'skipped', 'skipped', 'skipped', 'passed'],
  ]);
  expect(repository.directories()).toEqual([]);
});

test('S2-10 a check that never gets ready is named after its own limit', async () => {
  const checks = `${WEB_CHECK}  - name: never\n    url: http://127.0.0.1:\${WEB_PORT}/absent\n    timeout: 2\n`;
  using repository = listeningRepository('touch ran', checks);

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure }).toMatchObject({ code: 3, failure: { code: 'HEALTH_TIMEOUT' } });
  expect(report.failure!.message).toMatch(
    /: never was not ready after 2 s and \d+ tries of http.*the last answer was 404$/,
  );
  expect(report.checks).toMatchObject([
    { name: 'web', ready: true },
    { name: 'never', ready: false, last_status: 404 },
  ]);
  expect(report.checks[1]!.ms).toBeGreaterThanOrEqual(2_000);
  expect(report.test).toBeNull();
  expect([repository.directories(), processesOf(report)]).toEqual([[], []]);
});

test('S2-12 a service that ends at once is shown with its own words', async () => {
  using repository = new SandboxRepository({
    'e2e/e2e.yml': manifest('true', 'health_checks: [{ name: web, url: "http://127.0.0.1:1/" }]'),
    'e2e/compose.yml': 'services:\n  web:\n    x-process: for n in $(seq 60); do echo "line $n"; done; exit 3\n',
  });

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure }).toMatchObject({ code: 3, failure: { code: 'STACK_UP_FAILED' } });
  const [first, ...log] = report.failure!.message.split('\n');
  expect(first).toBe('STACK_UP_FAILED: service web ended with exit code 3; its output ends with');
  expect(log).toEqual(Array.from({ length: 50 }, (_, n) => `line ${n + 11}`));
  expect([repository.directories(), processesOf(report)]).toEqual([[], []]);
});

test('S2-13 the result of the test command is kept as it was', async () => {
  const print = (letter: string, stream: number) => `head -c 1048576 /dev/zero | tr '\\0' ${letter} >&${stream}`;
  using repository = webRepository(`${print('o', 1)}; ${print('e', 2)}; exit 7`);

  const { code, report } = await repository.run();

  expect({ code, exit: report.test!.exit_code }).toEqual({ code: 1, exit: 7 });
  expect(repository.output(report, 'stdout') === 'o'.repeat(1_048_576)).toBe(true);
  expect(repository.output(report, 'stderr') === 'e'.repeat(1_048_576)).toBe(true);
});

test('S2-14 the test command cannot outlive its limit', async () => {
  const stubborn = `trap '' TERM; (trap '' TERM; env -i setsid sh -c 'cd /; sleep 100; : outlives') & sleep 100; sleep 100`;
  using repository = webRepository(stubborn, `timeout: 2\n${WEB_CHECK}`);

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure }).toMatchObject({ code: 1, failure: { code: 'TEST_TIMEOUT' } });
  expect(report.test).toMatchObject({ timed_out: true });
  expect(report.test!.ms).toBeGreaterThanOrEqual(2_000);
  expect([repository.directories(), processesOf(report), pidsMentioning(': outlives')]).toEqual([[], [], []]);
});
