import { pidsMentioning } from '../embedded/holder-process';
import { manifest, SandboxRepository, webRepository } from './sandbox-cli';
import { silentPort, startRun } from './started-run';

jest.setTimeout(120_000);

/** A stack whose second service waits for the first one to be healthy. */
const checked = (check: string, more = 'timeout: 30\n'): SandboxRepository =>
  new SandboxRepository({
    'e2e/e2e.yml': manifest('true', more),
    'e2e/compose.yml': `services:
  db: { x-process: echo waiting; exec sleep 600, healthcheck: { ${check} } }
  app: { x-process: exec sleep 600, depends_on: { db: { condition: service_healthy } } }
`,
  });

test.each([
  ['hangs', 'sleep 300; : hangs', 'after 0.2 s: its check did not end within 0.5 s'],
  ['hangs in a session of its own', 'setsid sleep 300; : hangs', 'after 0.2 s: its check did not end within 0.5 s'],
  [
    'hangs and ignores signals',
    `trap "" TERM HUP; sleep 300; : hangs`,
    'after 0.2 s: its check did not end within 0.5 s',
  ],
  ['fails', 'false', 'after 0.2 s'],
])('S2-41 a check that %s is ended after its retries', async (_, command, text) => {
  using repository = checked(`test: '${command}', interval: 100ms, timeout: 500ms, retries: 2`);

  const { code, report } = await repository.run();

  expect({ code, message: report.failure!.message }).toEqual({
    code: 3,
    message: `STACK_UP_FAILED: service db is not healthy ${text}; its output ends with\nwaiting`,
  });
  expect([pidsMentioning(': hangs'), repository.leftBehind()]).toEqual([[], []]);
});

test('S2-41 a slow check that passes within its timeout is enough', async () => {
  using repository = checked(`test: sleep 1.5, interval: 100ms, timeout: 20s, retries: 1`);

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure }).toEqual({ code: 0, failure: null });
});

test.each([
  ['a check', `test: sleep 300`, 'is not healthy'],
  ['many tries', `test: 'false', interval: 60s`, 'is not healthy'],
])('S2-41 the limit of the manifest ends a stack that waits for %s', async (_, check, what) => {
  using repository = checked(check, 'timeout: 3\n');

  const { code, report } = await repository.run();

  expect({ code, message: report.failure!.message }).toEqual({
    code: 3,
    message: `STACK_UP_FAILED: service db ${what}: the phase up was not done after 3 s, its limit by the timeout of the manifest; its output ends with\nwaiting`,
  });
  expect(repository.leftBehind()).toEqual([]);
});

test('S2-41 the limit of the manifest ends a wait for a task', async () => {
  using repository = new SandboxRepository({
    'e2e/e2e.yml': manifest('true', 'timeout: 2\n'),
    'e2e/compose.yml': `services:
  task: { x-process: exec sleep 600 }
  app: { x-process: exec sleep 600, depends_on: { task: { condition: service_completed_successfully } } }
`,
  });

  const { code, report } = await repository.run();

  expect(code).toBe(3);
  expect(report.failure!.message).toMatch(/^STACK_UP_FAILED: service task has not ended.* after 2 s/);
});

test.each(['SIGINT', 'SIGTERM'] as const)('S2-42 %s ends a check that hangs, and the run says so', async (signal) => {
  using silent = await silentPort();
  const check = `node -e "net.connect(${silent.port})"`;
  using repository = checked(`test: '${check}', timeout: 250s`, 'timeout: 280\n');
  const { cli, ended, printed } = await startRun(repository, '… up');
  await Promise.race([silent.connected, ended]);

  cli.kill(signal);
  cli.kill(signal);

  expect(await ended).toEqual([null, signal]);
  expect(printed()).toContain('INTERRUPTED: a signal ended the run');
  expect(repository.leftBehind()).toEqual([]);
});

test('S2-42 a signal ends the wait for an address that never answers', async () => {
  using silent = await silentPort();
  using repository = webRepository('true', `health_checks: [{ name: a, url: "http://127.0.0.1:${silent.port}/" }]\n`);
  const { cli, ended, printed } = await startRun(repository, '… health');
  await Promise.race([silent.connected, ended]);

  cli.kill('SIGINT');

  expect(await ended).toEqual([null, 'SIGINT']);
  expect(printed()).toContain('INTERRUPTED: a signal ended the run');
  expect(repository.leftBehind()).toEqual([]);
});
