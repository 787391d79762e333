import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withAttemptRunner } from './attempt-runner';

const runner = withAttemptRunner();

test.each([
  [
    'a file',
    { runtime: 'python', entrypoint: 'gone.py' },
    /"gone.py" not found: looked for \/.*\/packs\/demo\/actions\/gone.py$/,
  ],
  ['a file outside', { runtime: 'nodejs', entrypoint: '../../x.js' }, /lies outside/],
  ['a runtime', { runtime: 'cobol' }, /"cobol" is not available on this worker: it has shell, python, nodejs, native/],
  ['an extension', { runtime: null, entrypoint: 'act.xyz' }, /names no runtime/],
  [
    'a version',
    { runtime: 'python', entrypoint: 'v.py', runtimeVersionConstraint: '>=2,<3' },
    /python >=2,<3 is needed, and this worker has 3/,
  ],
  ['a built-in', { runtime: 'native', entrypoint: 'builtin:nope' }, /there are echo, noop, sleep/],
  ['a pack', { runtime: 'python', packDirectory: null, entrypoint: 'x.py' }, /no executable content/],
])('the error of a missing item names it: %s', async (_, overrides, error) => {
  const outcome = await runner().run({ packDirectory: runner().packDirectory, isAdhoc: false, ...overrides });
  expect(outcome?.status).toBe('failed');
  expect(outcome?.result).toEqual({ succeeded: false, error: expect.stringMatching(error) });
  expect(outcome?.result.error).toMatch(/^Action execution failed: /);
});

test.each(['api-only', 'none'] as const)(
  'a pack with the network %s runs nothing where it is open',
  async (network) => {
    const trace = join(runner().directory, `ran-${network}`);

    const outcome = await runner().run({ network, entrypoint: `touch '${trace}'` });

    expect(outcome).toMatchObject({ status: 'failed', result: { error: expect.stringContaining(network) } });
    expect(outcome?.result.error).toMatch(/^Action execution failed: NETWORK_NOT_CONFINED: /);
    expect(existsSync(trace)).toBe(false);
  },
);

test('the error of a file without execute permission names it', async () => {
  runner().writePackFile('actions/plain', 'text');
  const outcome = await runner().run({
    packDirectory: runner().packDirectory,
    isAdhoc: false,
    runtime: 'native',
    entrypoint: 'plain',
  });
  expect(outcome?.result.error).toMatch(/is not executable/);
});
