import { runInstaller } from '../../../platform/worker/environments/run-installer';
import { withAttemptRunner } from './attempt-runner';

/** A variable of the operator who started the platform. */
const SECRET_NAME = 'AWS_SECRET_ACCESS_KEY';
const runner = withAttemptRunner();

beforeAll(() => {
  process.env.AWS_SECRET_ACCESS_KEY = 'operator-secret';
});
afterAll(() => {
  delete process.env.AWS_SECRET_ACCESS_KEY;
});

const namesIn = (listing: string): string[] =>
  listing
    .split('\n')
    .map((line) => line.split('=')[0]!)
    .filter((name) => name === SECRET_NAME || name === 'PATH');

test("an action gets nothing of the operator's environment but PATH", async () => {
  const { stdout } = await runner().runScript('printenv');

  expect(namesIn(stdout as string)).toEqual(['PATH']);
});

test.each([
  [[], ['PATH']],
  [[SECRET_NAME], [SECRET_NAME, 'PATH']],
])('an environment build gets PATH and what %j names', async (actionVariables, expected) => {
  const stop = new AbortController().signal;
  const options = { killGraceMs: 300, marker: 'test', tenant: 1, builds: null, stop, onOutput: () => undefined };

  const step = { command: 'printenv', args: [], cwd: '/', writable: [] };
  const { ok, log } = await runInstaller(step, { ...options, actionVariables });

  expect([ok, namesIn(log).sort()]).toEqual([true, [...expected].sort()]);
});

test('a parameter named PATH does not decide which programs run', async () => {
  const { stdout } = await runner().runScript('ls / >/dev/null && echo "$PARAM_PATH"', {
    parameters: { PATH: '/nowhere', IFS: 'x', PS4: '$(touch /tmp/never)' },
  });

  expect(stdout).toBe('/nowhere\n');
});
