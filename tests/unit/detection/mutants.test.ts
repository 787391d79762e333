import { join } from 'node:path';
import { dirSync } from 'tmp';
import { ACTIVE_MUTANTS } from '../../../tools/detection/mutants/instrument';
import type { Mutant } from '../../../tools/detection/mutants/mutant';
import type { MutantResult, MutantRun } from '../../../tools/detection/mutants/mutant-run';
import { formatClaims } from '../../../tools/detection/mutants/report';
import { openResultFile } from '../../../tools/detection/mutants/result-file';
import { runMutants } from '../../../tools/detection/mutants/run-mutants';
import type { ClaimsRequest } from '../../../tools/detection/run/run-claims';

const mutant = (id: string): Mutant => ({
  id,
  room: 'core',
  file: `platform/core/${id}.ts`,
  line: 1,
  operator: 'EqualityOperator',
  original: 'a < b',
  replacement: 'a <= b',
});
const census = ['T1.1a', 'T1.1b', 'T1.1c'].map((id) => ({ id, file: 'tier1/a.test.ts', budget: 10 }));

/** A suite in which a claim fails if one of its mutants is switched on. Records each run. */
function suiteWith(failing: Readonly<Record<string, readonly string[]>>) {
  const runs: { mutants: string; claims: string[] }[] = [];
  const runClaims = ({ claims, variables }: ClaimsRequest) => {
    const mutants = variables![ACTIVE_MUTANTS]!;
    runs.push({ mutants, claims: claims.map(({ id }) => id) });
    const isRed = (claim: string) => mutants.split(' ').some((id) => failing[id]?.includes(claim));
    const results = claims.map(({ id }) =>
      isRed(id)
        ? { claim: id, outcome: 'red' as const, seconds: 1, evidence: 'it was late' }
        : { claim: id, outcome: 'green' as const, seconds: 1, evidence: '' },
    );
    return Promise.resolve({ seconds: 1, results, times: [] });
  };
  const copies = { roots: ['copy'], mutants: [], coverageDirectory: '', remove: () => undefined };
  const run: MutantRun = {
    copies,
    census,
    runClaims,
    stop: new AbortController().signal,
    reportProgress: () => undefined,
  };
  return { run, runs };
}

test('claims after the shortest run for several mutants at once', async () => {
  const { run, runs } = suiteWith({ '1': ['T1.1a'], '2': ['T1.1b'] });
  const reach = ({ id }: Mutant) =>
    id === '4' ? [] : census.map((claim, n) => ({ claim, seconds: n === 0 ? 15 : 30 }));
  const ended: string[] = [];

  const results = await runMutants(run, reach, ['1', '2', '3', '4'].map(mutant), ({ mutant: { id } }) =>
    ended.push(id),
  );

  expect(results.map(({ outcome, claim }) => [outcome, claim])).toEqual([
    ['killed', 'T1.1a'],
    ['killed', 'T1.1b'],
    ['survived', undefined],
    ['not reached', undefined],
  ]);
  expect(ended).toEqual(['1', '4', '2', '3']);
  expect(runs.map(({ mutants, claims }) => [mutants, ...claims])).toEqual([
    ['1', 'T1.1a'],
    ['2', 'T1.1a'],
    ['3', 'T1.1a'],
    ['2 3', 'T1.1b', 'T1.1c'],
    ['2', 'T1.1b'],
    ['3', 'T1.1b'],
  ]);
});

const killedBy = (claim?: string): MutantResult => ({
  mutant: mutant('1'),
  outcome: 'killed',
  evidence: 'it was late',
  seconds: 1,
  ...(claim && { claim }),
});

test('the table of claims has the first that failed for each mutant', () => {
  expect(
    formatClaims([killedBy('T1.1a'), killedBy('T1.1b'), killedBy('T1.1b'), killedBy()])
      .split('\n')
      .slice(2),
  ).toEqual(['| T1.1b | 2 |', '| T1.1a | 1 |', '| start | 1 |']);
});

test('a result file continues a sample of the same sources only', () => {
  const directory = dirSync({ unsafeCleanup: true });
  const path = join(directory.name, 'mutants.jsonl');
  const mutants = ['1', '2'].map(mutant);
  openResultFile(path, mutants, mutants).append(killedBy('T1.1a'));

  expect(openResultFile(path, mutants, mutants).earlier).toEqual([killedBy('T1.1a')]);
  expect(openResultFile(path, mutants, mutants.slice(1)).earlier).toEqual([]);
  const changed = [{ ...mutant('1'), line: 2 }];
  expect(() => openResultFile(path, changed, changed)).toThrow(/the sources have changed/);
  directory.removeCallback();
});
