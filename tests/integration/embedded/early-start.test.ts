import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../../helpers/repository-root';

const MODULES = join(repositoryRoot(), 'helpers/jest/modules/suite-modules');

/** Runs what `jest.config.ts` does for these arguments. Returns how many platforms run then. */
async function startedPlatforms(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const program = `
    const { currentBundle, evaluate } = require(${JSON.stringify(MODULES)});
    const load = evaluate(currentBundle());
    Promise.resolve(load('helpers/jest/early-target').startEarly(${JSON.stringify(args)}, ${JSON.stringify(env)}))
      .then(() => {
        process.stdout.write(String(load('helpers/target/start/spawn-platform').ownPlatforms.size));
        process.exit();
      });
  `;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  return text(child.stdout); // the platform has its own output
}

test('the process of the platform runs before Jest reads its configuration', async () => {
  expect(await startedPlatforms(['t2-11'], {})).toBe('1');
});

test('no platform is started for other tests, or beside a target', async () => {
  expect(await startedPlatforms(['tests/unit'], {})).toBe('0');
  expect(await startedPlatforms(['t2-11'], { PLATFORM_URL: 'http://127.0.0.1:1' })).toBe('0');
});
