import { openReadiness } from '../../../platform/api/status/readiness';
import { testDirectory } from '../../test-directory';

const directory = testDirectory();

const readiness = (more: Partial<Parameters<typeof openReadiness>[0]> = {}, database: string | null = null) =>
  openReadiness({
    directory,
    instance: 'one',
    drain: { isDraining: false },
    databaseProbe: { writeFailure: () => Promise.resolve(database) },
    ...more,
  });

test.each([
  ['nothing', readiness(), []],
  ['a stop', readiness({ drain: { isDraining: true } }), [{ part: 'platform', reason: 'DRAINING' }]],
  ['a row that is not stored', readiness({}, '53100'), [{ part: 'database', reason: '53100' }]],
  [
    'a file that is not stored either',
    readiness({ directory: '/dev/null' }, 'NO_ANSWER'),
    [
      { part: 'database', reason: 'NO_ANSWER' },
      { part: 'directory', reason: 'ENOTDIR' },
    ],
  ],
])('the platform is not ready for %s', async (_what, { failedParts }, failed) => {
  expect(await failedParts()).toEqual(failed);
});
