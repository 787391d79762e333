import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { testEnvironmentsDirectory } from '../../../platform/base/directories';
import { runTests } from '../../../platform/packs/save/run-tests';
import { removeUnusedPackFiles } from '../../../platform/packs/storage/unused-pack-files';
import {
  awaitPackTest,
  removePackTest,
  requestPackTest,
  type TestedFiles,
} from '../../../platform/store/packs/pack-test-requests';
import { createOtherTenant } from '../api/grant-holder';
import { throwError } from '../../throw-error';
import { withApi } from '../api/with-api';
import { answerNext, claimNext, openTestWorker, suiteOf } from './test-worker';

/** For a request that no worker takes. */
const PICK_UP_MS = 400;
/** For one that a worker takes. */
const TAKEN_MS = 2_000;

const testApi = withApi();
let other: number;
beforeAll(async () => {
  other = (await createOtherTenant(testApi().owner)).tenant;
});
afterEach(() => testApi().owner.query('delete from pack_test_request'));

const SUITE = {
  name: 'all',
  runner: 'script',
  entryPoint: 'tests/all.sh',
  timeoutSeconds: 5,
  format: 'simple',
} as const;
const FILES: TestedFiles = {
  packRef: 'sums',
  directory: '/nowhere',
  network: 'none',
  isInstalled: false,
  suites: [SUITE],
};

const request = (tenant = 1): Promise<number> =>
  testApi().db.inTenant(tenant, (transaction) => requestPackTest(transaction, FILES));
const stateOf = (id: number, tenant = 1) =>
  testApi().db.inTenant(tenant, (transaction) => awaitPackTest(transaction, id));
/** As if the time of a column had passed. */
const endTime = (column: 'leased_until' | 'awaited_until') =>
  testApi().owner.query(`update pack_test_request set ${column} = liveness_now() - interval '1 ms'`);
const countRequests = async (): Promise<number> =>
  (await testApi().owner.query<{ count: number }>('select count(*)::int from pack_test_request')).rows[0]!.count;

const run = (more: Partial<Parameters<typeof runTests>[1]> = {}, isDraining = false, packTestPickUpMs = 30_000) =>
  runTests(
    { db: testApi().db, directory: testApi().scratch, drain: { isDraining }, packTestPickUpMs },
    { tenant: 1, version: '1.0.0', files: FILES, signal: new AbortController().signal, ...more },
  );

test('a request that no worker takes ends, and is removed', async () => {
  await expect(run({}, false, PICK_UP_MS)).rejects.toMatchObject({
    code: 'PACK_TESTS_UNAVAILABLE',
    status: 503,
    message: 'The tests of the pack were not run: no worker took them within 0.4 s',
  });
  expect(await countRequests()).toBe(0);
});

test('tests that a worker has taken are awaited for longer', async () => {
  const worker = openTestWorker(testApi());
  const running = run({}, false, TAKEN_MS);
  const { id } = await claimNext(worker);
  const environments = testEnvironmentsDirectory({ directory: testApi().scratch }, { tenant: 1, id });
  mkdirSync(environments, { recursive: true });
  const claimedAt = performance.now();
  while (performance.now() < claimedAt + TAKEN_MS * 2) expect(await worker.renewPackTest(id)).toBe(true);

  await worker.finishPackTest(id, [suiteOf('passed')]);

  expect(await running).toMatchObject({ packRef: 'sums', packVersion: '1.0.0', status: 'passed', totalTests: 1 });
  expect([await countRequests(), existsSync(environments)]).toEqual([0, false]);
});

test('the request ends with its client, and stops the tests', async () => {
  const worker = openTestWorker(testApi());
  const client = new AbortController();
  const running = run({ signal: client.signal });
  const { id } = await claimNext(worker);
  client.abort(new Error('disconnected'));

  await expect(running).rejects.toThrow('disconnected');
  expect([await worker.renewPackTest(id), await countRequests()]).toEqual([false, 0]);
});

test('a platform that stops ends the request', async () => {
  await expect(run({}, true)).rejects.toMatchObject({ code: 'DRAINING', status: 503 });
  expect(await countRequests()).toBe(0);
});

test('the request of an API that was killed is removed', async () => {
  const [claimer, finder] = [openTestWorker(testApi()), openTestWorker(testApi())];
  const id = await request();
  await claimer.claimPackTest();
  await endTime('awaited_until');

  expect([await claimer.renewPackTest(id), await finder.claimPackTest(), await countRequests()]).toEqual([
    ...[false, null, 0],
  ]);
});

test('tests of a lost worker are claimed again, three times', async () => {
  const id = await request();
  for (const attempt of [1, 2, 3]) {
    const worker = openTestWorker(testApi());
    expect(await worker.claimPackTest()).toMatchObject({ id, tenant: 1, attempt, ...FILES });
    expect(await openTestWorker(testApi()).claimPackTest()).toBeNull();
    await endTime('leased_until');
  }

  expect(await openTestWorker(testApi()).claimPackTest()).toBeNull();
  expect(await stateOf(id)).toEqual({ is: 'failed', error: 'its workers were lost 3 times' });
});

test('a worker that counts as lost stores no result', async () => {
  const [lost, next] = [openTestWorker(testApi()), openTestWorker(testApi())];
  const id = await request();
  await lost.claimPackTest();
  await endTime('leased_until');
  await next.claimPackTest();

  await lost.finishPackTest(id, [suiteOf('failed')]);

  expect([await stateOf(id), await lost.renewPackTest(id), await next.renewPackTest(id)]).toEqual([
    ...[{ is: 'running' }, false, true],
  ]);
  await next.finishPackTest(id, [suiteOf('passed')]);
  expect(await stateOf(id)).toEqual({ is: 'done', suites: [suiteOf('passed')] });
});

test('a worker can end only what it has claimed', async () => {
  const id = await request();
  await openTestWorker(testApi()).claimPackTest();
  const otherWorker = openTestWorker(testApi());

  await otherWorker.finishPackTest(id, [suiteOf('passed')]);

  expect([await otherWorker.renewPackTest(id), await stateOf(id)]).toEqual([false, { is: 'running' }]);
});

test('what a worker gives back is claimed at once', async () => {
  const [stopping, next] = [openTestWorker(testApi()), openTestWorker(testApi())];
  const id = await request();
  await stopping.claimPackTest();
  await stopping.finishPackTest(id, null);

  expect(await next.claimPackTest()).toMatchObject({ id, attempt: 2 });
});

test('two requests of a tenant run at once; others come first', async () => {
  const own = [await request(), await request(), await request()];
  const ofOther = await request(other);
  const worker = openTestWorker(testApi());

  const claimed = [await worker.claimPackTest(), await worker.claimPackTest(), await worker.claimPackTest()];

  expect(claimed.map((one) => one?.id)).toEqual([own[0], ofOther, own[1]]);
  expect(await worker.claimPackTest()).toBeNull();
  await worker.finishPackTest(own[0]!, [suiteOf('passed')]);
  expect((await worker.claimPackTest())?.id).toBe(own[2]);
});

test('a request of a frozen tenant is not handed out', async () => {
  await request(other);
  await testApi().owner.query('update tenant set frozen = true where id = $1', [other]);

  expect(await openTestWorker(testApi()).claimPackTest()).toBeNull();
  await testApi().owner.query('update tenant set frozen = false where id = $1', [other]);
});

test('a tenant neither reads nor removes the request of another', async () => {
  const id = await request();

  expect(await stateOf(id, other)).toBeNull();
  await testApi().db.inTenant(other, (transaction) => removePackTest(transaction, id));
  expect(await countRequests()).toBe(1);
});

test('replaced files of a pack stay while they are tested', async () => {
  const path = join(testApi().scratch, 'replaced');
  mkdirSync(path);
  await testApi().owner.query(
    `insert into replaced_files (tenant, pack_ref, kind, path) values (1, 'sums', 'registration', $1)`,
    [path],
  );
  const id = await testApi().db.inTenant(1, (transaction) =>
    requestPackTest(transaction, { ...FILES, directory: path, isInstalled: true }),
  );

  await removeUnusedPackFiles(testApi().db, throwError);
  expect(existsSync(path)).toBe(true);
  await testApi().db.inTenant(1, (transaction) => removePackTest(transaction, id));
  await removeUnusedPackFiles(testApi().db, throwError);
  expect(existsSync(path)).toBe(false);
});

test('two packs are tested at the same time', async () => {
  const worker = openTestWorker(testApi());
  const running = [run(), run({ files: { ...FILES, packRef: 'other' } })];

  await Promise.all([answerNext(worker, 'passed'), answerNext(worker, 'failed')]);

  const results = await Promise.all(running);
  expect(results.map(({ status }) => status).sort()).toEqual(['failed', 'passed']);
  expect(results.map(({ packRef }) => packRef)).toEqual(['sums', 'other']);
});
