import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Clock, ClockMove } from '../../../contract/clock';
import type { Receipt } from '../../../cli/verify/receipt';
import { startPlatform, type StartedPlatform } from '../../../helpers/target/start/started-platform';
import { outputOf, spawnCli } from '../embedded/cli-process';

const STARTS_PLATFORMS_MS = 120_000;

let virtual: StartedPlatform;
let real: StartedPlatform;
const directory = mkdtempSync(join(realpathSync(tmpdir()), 'tuningfork-clock-'));

beforeAll(async () => {
  [virtual, real] = await Promise.all([startPlatform({ PLATFORM_VIRTUAL_TIME: 'on' }), startPlatform({})]);
}, STARTS_PLATFORMS_MS);

afterAll(async () => {
  await Promise.all([virtual.stop(), real.stop()]);
  rmSync(directory, { recursive: true });
});

/** Runs a command on a platform, to its end. */
function runOn({ running: { url, login, password } }: StartedPlatform, ...args: readonly string[]) {
  const env = { NO_COLOR: '1', PLATFORM_URL: url ?? '', TEST_USER_LOGIN: login, TEST_USER_PASSWORD: password };
  return outputOf(spawnCli(args, env));
}

const runClock = (...args: readonly string[]) => runOn(virtual, 'clock', ...args);

const instant = (stamp: string) => new Date(stamp).toISOString();

test('a clock is pinned, shown and moved, and cannot be released ahead', async () => {
  const pinned = await runClock('pin', '2034-02-01T09:00:00Z', '--json');
  expect(pinned).toMatchObject({ code: 0, stderr: '' });
  const shown = JSON.parse((await runClock('show', '--json')).stdout) as Clock;
  expect([shown.mode, instant(shown.now)]).toEqual(['pinned', '2034-02-01T09:00:00.000Z']);

  const moved = JSON.parse((await runClock('advance', '1h30m', '--json')).stdout) as ClockMove;
  expect(instant(moved.now)).toBe('2034-02-01T10:30:00.000Z');
  const further = await runClock('advance', '--to', '2034-02-01T12:00:00+01:00');
  expect(further).toMatchObject({ code: 0, stderr: '' });
  expect(further.stdout).toMatch(/^now 2034-02-01T11:00:00\S*Z, after \d+ steps?$/m);

  const released = await runClock('release');
  expect(released).toMatchObject({ code: 1, stdout: '' });
  expect(released.stderr).toMatch(/^tuningfork: CLOCK_AHEAD: /);
});

test.each([['show'], ['advance', '3h'], ['pin'], ['release']])(
  'clock %s names the settings of a platform that lacks virtual time',
  async (...args) => {
    const { code, stdout, stderr } = await runOn(real, 'clock', ...args);

    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^tuningfork: NOT_ENABLED: .*up --virtual-time.*PLATFORM_VIRTUAL_TIME=on$/m);
  },
);

/** The file of a workflow that asks for three days, in a pack with this expectation in YAML. */
function writeFlow(expectation: string): string {
  const task = '{ name: ask, action: core.ask, input: { prompt: Go? }, timeout: 259200, next: [{ do: [done] }] }';
  const files = {
    'pack.yaml': 'ref: waiting\nlabel: Waiting\nversion: 1.0.0\n',
    'workflows/flow.yaml': `version: 1.0.0\nlabel: Flow\ntasks:\n  - ${task}\n  - { name: done, action: core.noop }\n`,
    'verify/flow.expect.yaml': expectation,
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return join(directory, 'workflows/flow.yaml');
}

const STATES = `- after: 71h59m59s999ms
  status: running
  tasks: { ask: running, done: null }
- after: 72h
  status: completed
  tasks: { ask: timeout, done: completed }
`;

test('verify compares a run at each instant, and lets the clock run on', async () => {
  await runClock('pin');
  const { code, stdout, stderr } = await runOn(virtual, 'verify', writeFlow(STATES));

  expect(stderr).toMatch(/✓ 3 values are as in [^]*✓ 3 values are as in /);
  expect({ code, verdict: (JSON.parse(stdout) as Receipt).verdict }).toEqual({ code: 0, verdict: 'proven' });
});

test('verify names the line of a value that differs', async () => {
  const flow = writeFlow(STATES.replace('done: completed', 'done: failed'));
  const { code, stderr } = await runOn(virtual, 'verify', flow);

  expect(code).toBe(1);
  expect(stderr).toMatch(/flow\.expect\.yaml:6 \/tasks\/done\n +expected "failed"\n +actual {3}"completed"/);
});

test('verify --pass moves the clock before the end is compared', async () => {
  const flow = writeFlow('- status: completed\n  tasks: { done: completed }\n');
  const passes = await runOn(virtual, 'verify', flow, '--pass', '72h');
  const waits = await runOn(virtual, 'verify', flow, '--pass', '71h');

  expect([passes.code, waits.code]).toEqual([0, 1]);
  expect(waits.stderr).toMatch(/^✗ execution \d+ is running/m);
});

test.each([
  ['a mistake in an expectation', '- { after: 3 days, status: running }', 2, /expect\.yaml:1: '3 days' is no duration/],
  ['a task that is unknown', '- { after: 3d, tasks: { dne: null } }', 2, /no task 'dne'.*Did you mean 'done'/],
])('verify names the line of %s', async (_, expectation, exit, message) => {
  const { code, stdout, stderr } = await runOn(virtual, 'verify', writeFlow(expectation));

  expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
  expect(stderr).toMatch(message);
});

test('verify with a duration needs a platform with virtual time', async () => {
  const { code, stderr } = await runOn(real, 'verify', writeFlow(STATES));

  expect(code).toBe(3);
  expect(stderr).toMatch(/^tuningfork: NOT_ENABLED: /m);
});
