import { readdirSync } from 'node:fs';
import { startAttuneStub, type Filling } from '../../attune/attune-stub';
import { runSuite } from './run-suite';
import { testDirectory } from '../../test-directory';

jest.setTimeout(180_000);

/**
 * What a run requests before it finds that nothing is run, to remove what it has created, and to
 * compare the objects of others.
 */
const REQUESTED = [
  'DELETE /api/v1/packs/text',
  'GET /api/v1/actions',
  'GET /api/v1/actions/text',
  'GET /api/v1/capabilities',
  'GET /api/v1/clock',
  'GET /api/v1/executions',
  'GET /api/v1/executions/1',
  'GET /api/v1/executions/1/tree',
  'GET /api/v1/executions/1/waiting',
  'GET /api/v1/identities',
  'GET /api/v1/inquiries',
  'GET /api/v1/keys',
  'GET /api/v1/keys/text',
  'GET /api/v1/packs',
  'GET /api/v1/packs/text',
  'GET /api/v1/permissions/sets',
  'GET /api/v1/rules',
  'GET /api/v1/rules/text',
  'GET /api/v1/runtimes',
  'GET /api/v1/runtimes/text',
  'GET /api/v1/triggers',
  'GET /api/v1/triggers/text',
  'GET /api/v1/workers',
  'GET /api/v1/workflows',
  'GET /api/v1/workflows/text',
  'GET /health',
  'POST /api/v1/executions/1/cancel',
  'POST /api/v1/executions/execute',
  'POST /api/v1/packs',
  'POST /api/v1/packs/upload',
  'POST /auth/login',
];

test.concurrent.each<Filling>(['least', 'most'])('a run accepts the %s that the contract promises', async (filling) => {
  const directory = testDirectory();
  await using stub = await startAttuneStub(filling);

  const { code, output } = await runSuite(stub.url, directory);

  expect(output).toContain('the target accepts executions but does not run them');
  expect(output).not.toContain('OFF_CONTRACT');
  expect(code).toBe(3);
  expect([...new Set(stub.requests)].sort()).toEqual(REQUESTED);
  expect(readdirSync(directory).filter((name) => name.startsWith('e2e-run'))).toEqual([]);
});
