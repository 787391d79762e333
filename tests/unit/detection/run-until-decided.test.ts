import type { ClaimResult } from '../../../tools/detection/run/claim-results';
import type { ClaimsRequest } from '../../../tools/detection/run/run-claims';
import { runUntilDecided } from '../../../tools/detection/run/run-until-decided';

const claims = ['T1.1a', 'T1.1b', 'T1.1c', 'T1.1d'].map((id) => ({ id, file: 'tier1/a.test.ts', budget: 10 }));
const request = { root: 'copy', claims, stop: new AbortController().signal };

const result = (claim: string, outcome: ClaimResult['outcome'], evidence = ''): ClaimResult => ({
  claim,
  outcome,
  evidence,
  seconds: 1,
});

test('claims that could not decide run once more, and no others', async () => {
  const results = [
    [result('T1.1a', 'green'), result('T1.1b', 'environment', 'a slow host'), result('T1.1c', 'red')],
    [result('T1.1b', 'environment', 'a slow host again')],
  ];
  const ran: string[][] = [];
  const run = ({ claims: these }: ClaimsRequest) => {
    const ids = these.map(({ id }) => id);
    const times = ids.map((id) => ({ id, from: ran.length, to: ran.length }));
    ran.push(ids);
    return Promise.resolve({ seconds: 2, results: results[ran.length - 1]!, times });
  };

  const decided = await runUntilDecided(run, { ...request, claims: claims.slice(0, 3) });

  expect(ran).toEqual([['T1.1a', 'T1.1b', 'T1.1c'], ['T1.1b']]);
  expect(decided).toEqual({
    seconds: 4,
    results: [result('T1.1a', 'green'), result('T1.1b', 'environment', 'a slow host again'), result('T1.1c', 'red')],
    times: [
      { id: 'T1.1a', from: 0, to: 0 },
      { id: 'T1.1b', from: 0, to: 0 },
      { id: 'T1.1c', from: 0, to: 0 },
      { id: 'T1.1b', from: 1, to: 1 },
    ],
  });
});

test('claims that were not run, without a platform, do not run again', async () => {
  let runs = 0;
  const results = claims.map(({ id }) => result(id, 'environment', 'not run: tuningfork: START_FAILED'));
  const run = () => Promise.resolve({ seconds: ++runs, results, times: [] });

  expect((await runUntilDecided(run, request)).results).toEqual(results);
  expect(runs).toBe(1);
});
