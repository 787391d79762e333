import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAttemptRunner } from './attempt-runner';

test('an output that cannot be kept is a warning, and changes no outcome', async () => {
  using runner = createAttemptRunner();
  writeFileSync(join(runner.directory, 'logs'), '');

  const result = await runner.runScript('echo hi');

  expect(result).toMatchObject({ succeeded: true, stdout: 'hi\n' });
  expect(runner.logEntries.filter(({ type }) => type === 'WARNING')).toEqual([
    { type: 'WARNING', payload: { code: 'LOG_NOT_KEPT', problem: expect.stringContaining('ENOTDIR') as string } },
  ]);
});

test('a Python action runs without an environment where none can be made', async () => {
  using runner = createAttemptRunner();
  mkdirSync(join(runner.directory, 'environments'), { mode: 0o700 });
  writeFileSync(join(runner.directory, 'environments/1'), '');

  const result = await runner.runAction('plain.py', 'print("ran")\n', { runtime: 'python' });

  expect(result).toMatchObject({ succeeded: true, stdout: 'ran\n' });
  expect(runner.logEntries.filter(({ type }) => type === 'WARNING')).toEqual([
    {
      type: 'WARNING',
      payload: { code: 'ENVIRONMENT_MISSING', interpreter: expect.stringMatching(/python3/) as string },
    },
  ]);
});
