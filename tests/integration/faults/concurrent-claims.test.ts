import { sized } from '../../../helpers/sized';
import { withExecutor } from '../executor/with-executor';

const EXECUTIONS = sized({ ci: 200, full: 10_000 });
const CLAIMERS = 8;
jest.setTimeout(sized({ ci: 120_000, full: 1_800_000 }));

const testPlatform = withExecutor();

/** Claims a few executions at a time until none is left. */
async function claimAll(): Promise<number[]> {
  const claimed: number[] = [];
  for (;;) {
    const attempts = await testPlatform.claim(3);
    if (attempts.length === 0) return claimed;
    claimed.push(...attempts.map(({ execution }) => execution));
  }
}

test('DU-09 of concurrent claims of an execution one wins', async () => {
  const requested: number[] = [];
  for (let n = 0; n < EXECUTIONS; n++) requested.push((await testPlatform.request('test.act')).id);
  for (let n = 0; n < EXECUTIONS; n += 200) await testPlatform.dispatch();

  const claimed = await Promise.all(Array.from({ length: CLAIMERS }, claimAll));

  expect(claimed.flat().sort((a, b) => a - b)).toEqual(requested);
});

test('DU-09 of concurrent recoveries of an execution one wins', async () => {
  const id = await testPlatform.requestAndDispatch('test.act');
  const [lost] = await testPlatform.claim();
  await testPlatform.start(lost!);
  await testPlatform.loseLease(lost!);

  await Promise.all(Array.from({ length: CLAIMERS }, () => testPlatform.recover(id, 3)));
  await testPlatform.dispatch();
  const [next] = await testPlatform.claim();

  expect(next).toMatchObject({ execution: id, attempt: 2 });
  expect(next!.fencingToken).toBeGreaterThan(lost!.fencingToken);
  expect((await testPlatform.log(id)).filter((type) => type === 'EXECUTION_RECOVERED')).toHaveLength(1);
});
