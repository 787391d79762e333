import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openProvenBefore } from '../../../helpers/target/probes/proven-before';
import { testDirectory } from '../../test-directory';

const ENV = { PATH: '/usr/bin' };
const SLOTS = 24;

const root = testDirectory();
mkdirSync(join(root, 'platform'));
mkdirSync(join(root, 'node_modules'));
beforeEach(() => writeFileSync(join(root, 'platform/worker.ts'), `${expect.getState().currentTestName}`));

const PROVEN = { isProven: true } as const;
const ABSENT = { isProven: false, reason: 'it has no second slot' } as const;

const provenNames = (env: NodeJS.ProcessEnv = ENV, slots = SLOTS): string[] =>
  Object.keys(openProvenBefore(root, env, slots).findings).sort();

test('what a run proved is known to the next one; what failed is not', () => {
  openProvenBefore(root, ENV, SLOTS).add({ 'timers.cron': PROVEN, 'workers.slots': ABSENT });
  expect(provenNames()).toEqual(['timers.cron']);

  openProvenBefore(root, ENV, SLOTS).add({ 'workflows.join': PROVEN });
  expect(openProvenBefore(root, ENV, SLOTS).findings).toEqual({ 'timers.cron': PROVEN, 'workflows.join': PROVEN });
});

test('other sources, variables or slots prove nothing', () => {
  openProvenBefore(root, ENV, SLOTS).add({ 'timers.cron': PROVEN });

  expect(provenNames({ ...ENV, PLATFORM_ISOLATION: 'off' })).toEqual([]);
  expect(provenNames(ENV, 10)).toEqual([]);
  expect(provenNames({ ...ENV, E2E_SEED: '7' })).toEqual(['timers.cron']);
  writeFileSync(join(root, 'platform/worker.ts'), 'changed');
  expect(provenNames()).toEqual([]);
});

test('where nothing can be stored, nothing is known', () => {
  rmSync(join(root, 'node_modules/.cache'), { recursive: true });
  writeFileSync(join(root, 'node_modules/.cache'), 'a file');
  openProvenBefore(root, ENV, SLOTS).add({ 'timers.cron': PROVEN });
  expect(provenNames()).toEqual([]);
});
