import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

function runHolder(crash: string) {
  const holder = join(__dirname, 'crash-holder.ts');
  return spawnSync(process.execPath, ['-r', 'esbuild-register', holder, crash], { encoding: 'utf8' });
}

test.each([
  ['timer', 'uncaughtException'],
  ['promise', 'unhandledRejection'],
])('an error of a %s is blamed on its execution alone', (crash, origin) => {
  const { stdout, stderr } = runHolder(crash);

  const lines = stderr.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ name: 'w1', execution: 41, origin, error: 'TypeError' }),
  ]);
  expect(stdout).toBe('stopped in order\n');
});

test('the log line of a crash has the position and no message', () => {
  const { stderr } = runHolder('timer');
  expect(stderr).toContain('crash-holder.ts');
  expect(stderr).not.toContain('s3cret');
});
