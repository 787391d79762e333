import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openLog } from '../../../platform/files/open-log';
import { buildEnvironment } from '../../../platform/worker/environments/build-environment';
import { testDirectory } from '../../test-directory';

test('a build that fails without its installer is logged with its stack', async () => {
  const base = testDirectory();
  const directory = join(base, 'a'.repeat(32));
  const logged: Record<string, unknown>[] = [];
  const log = openLog({ write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) });
  const recipe = {
    runtime: 'nodejs' as const,
    contentHash: '',
    directory,
    isReady: () => Promise.resolve(false),
    install: () => Promise.reject(new TypeError('no recipe')),
  };
  const stop = new AbortController().signal;
  const options = { killGraceMs: 1, actionVariables: [], marker: '', tenant: 7, builds: null, stop, log };

  const built = await buildEnvironment(recipe, { ...options, onOutput: () => undefined }, false);

  expect(built).toMatchObject({ ok: false, log: 'no recipe' });
  const stack = expect.stringMatching(/^TypeError: no recipe\n +at /) as unknown;
  const err = expect.objectContaining({ stack }) as unknown;
  expect(logged).toEqual([expect.objectContaining({ tenant: 7, runtime: 'nodejs', directory, err })]);
  expect(existsSync(directory)).toBe(false);
});
