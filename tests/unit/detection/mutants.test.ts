import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COVERAGE_DIRECTORY, describeMutant, type Change, type Mutant } from '../../../tools/detection/mutants/mutant';
import { measureReach, reachOf, type ReachMap } from '../../../tools/detection/mutants/measure-reach';
import type { MutantResult, MutantRun } from '../../../tools/detection/mutants/mutant-run';
import { formatClaims, formatMutantSummary } from '../../../tools/detection/mutants/report';
import { openResultFile } from '../../../tools/detection/mutants/result-file';
import { runMutants } from '../../../tools/detection/mutants/run-mutants';
import type { ClaimsRequest } from '../../../tools/detection/run/run-claims';
import { testDirectory } from '../../test-directory';

const change = (id: string): Change => ({
  id,
  file: `platform/core/${id}.ts`,
  line: 1,
  operator: 'EqualityOperator',
  original: 'a < b',
  replacement: 'a <= b',
});
const mutant = (id: string): Mutant => ({ id, changes: [change(id)] });
const census = ['T1.1a', 'T1.1b', 'T1.1c'].map((id) => ({ id, file: 'tier1/a.test.ts', budget: 10 }));

/** A suite in which a claim fails if one of its mutants is switched on. Records each run. */
function suiteWith(failing: Readonly<Record<string, readonly string[]>>) {
  const runs: { mutants: string; claims: string[] }[] = [];
  const saved: string[] = [];
  let mutants = '';
  const runClaims = ({ claims }: ClaimsRequest) => {
    runs.push({ mutants, claims: claims.map(({ id }) => id) });
    const isRed = (claim: string) => mutants.split(' ').some((id) => failing[id]?.includes(claim));
    const results = claims.map(({ id }) =>
      isRed(id)
        ? { claim: id, outcome: 'red' as const, seconds: 1, evidence: 'it was late' }
        : { claim: id, outcome: 'green' as const, seconds: 1, evidence: '' },
    );
    return Promise.resolve({ seconds: 1, results, times: [] });
  };
  const copies = {
    roots: ['copy'],
    mutants: [],
    files: new Map([['sql', { file: 'platform/store/functions/a.sql', text: '' }]]),
    switchOn: (_: string, on: readonly Mutant[]) => {
      mutants = on.map(({ id }) => id).join(' ');
      return { variables: {}, restore: () => void (mutants = '') };
    },
    remove: () => undefined,
  };
  const run: MutantRun = {
    copies,
    census,
    runClaims,
    stop: new AbortController().signal,
    reportProgress: () => undefined,
    savedTrials: new Map(),
    saveTrial: (trial) => void saved.push([trial.mutant.id, ...trial.claims.map(({ id }) => id)].join(' ')),
  };
  return { run, runs, saved };
}

test('claims after the shortest run for several mutants at once', async () => {
  const { run, runs, saved } = suiteWith({ '1': ['T1.1a'], '2': ['T1.1b'] });
  const timed = census.map((claim, n) => ({ claim, seconds: n === 0 ? 15 : 30 }));
  const reach = ({ id }: Mutant) => ({ claims: id === '4' ? [] : timed, isKnown: id !== '5' });
  const ended: string[] = [];

  const results = await runMutants(run, reach, ['1', '2', '3', '4', '5'].map(mutant), ({ mutant: { id } }) =>
    ended.push(id),
  );

  expect(results.map(({ outcome, claim }) => [outcome, claim])).toEqual([
    ['caught', 'T1.1a'],
    ['caught', 'T1.1b'],
    ['not noticed', undefined],
    ['not reached', undefined],
    ['not known', undefined],
  ]);
  expect(ended).toEqual(['1', '4', '2', '3', '5']);
  expect(runs.map(({ mutants, claims }) => [mutants, ...claims])).toEqual([
    ['1', 'T1.1a'],
    ['2', 'T1.1a'],
    ['3', 'T1.1a'],
    ['5', 'T1.1a'],
    ['2 3 5', 'T1.1b', 'T1.1c'],
    ['2', 'T1.1b'],
    ['3', 'T1.1b'],
    ['5', 'T1.1b'],
  ]);
  expect(saved).toEqual(['2 T1.1b T1.1c', '3 T1.1b T1.1c', '5 T1.1b T1.1c']);
});

test('a saved trial runs the claims that are left only', async () => {
  const { run, runs } = suiteWith({});
  const savedTrials = new Map([['1', { left: ['T1.1c'], isReached: true, seconds: 5 }]]);
  const reach = () => ({ claims: census.map((claim) => ({ claim, seconds: 15 })), isKnown: true });

  const results = await runMutants({ ...run, savedTrials }, reach, [mutant('1')], () => undefined);

  expect(results).toEqual([{ mutant: mutant('1'), outcome: 'not noticed', evidence: '', seconds: 6 }]);
  expect(runs).toEqual([{ mutants: '1', claims: ['T1.1c'] }]);
});

test('each copy measures the reach of other claims, with notes of its own', async () => {
  const { run } = suiteWith({});
  const roots = ['a', 'b'].map((name) => join(testDirectory(), name));
  for (const root of roots) mkdirSync(root);
  const many = Array.from({ length: 80 }, (_, n) => ({ id: `T1.${n}a`, file: 'tier1/a.test.ts', budget: 10 }));
  const running: string[] = [];
  const runClaims = async ({ root, claims, variables }: ClaimsRequest) => {
    running.push(root);
    const at = running.length * 1_000;
    writeFileSync(join(variables![COVERAGE_DIRECTORY]!, '41'), `${at} ${claims[0]!.id}`);
    await Promise.resolve();
    const results = claims.map(({ id }) => ({ claim: id, outcome: 'green' as const, seconds: 1, evidence: '' }));
    return { seconds: 1, results, times: [{ id: claims[0]!.id, from: at, to: at }] };
  };
  const portions: ReachMap[] = [];

  const map = await measureReach({ ...run, runClaims, census: many, copies: { ...run.copies, roots } }, [], (portion) =>
    portions.push(portion),
  );

  expect(running).toEqual(roots);
  expect(portions.map(({ measured }) => measured.length)).toEqual([40, 40]);
  expect(map.claims).toEqual({ 'T1.0a': ['T1.0a'], 'T1.40a': ['T1.40a'] });
});

test('a mutant has the claims of its changes, or all without a switch', () => {
  const { run } = suiteWith({});
  const reach = reachOf(run, {
    measured: [],
    seconds: { 'T1.1a': 3, 'T1.1b': 1 },
    claims: { '1': ['T1.1a'], '2': ['T1.1b', 'T1.1c'], '6': ['T1.1a'] },
    atStart: ['3', '6'],
  });
  const reachOfChanges = (first: string, ...others: string[]) => {
    const { claims, isKnown } = reach({ id: '', changes: [change(first), ...others.map(change)] });
    return [claims.map(({ claim }) => claim.id), isKnown];
  };

  expect(reachOfChanges('1')).toEqual([['T1.1a'], true]);
  expect(reachOfChanges('1', '2')).toEqual([['T1.1b', 'T1.1a'], true]);
  expect(reachOfChanges('3')).toEqual([['T1.1b', 'T1.1a'], true]);
  expect(reachOfChanges('6')).toEqual([['T1.1b', 'T1.1a'], true]);
  expect(reachOfChanges('4')).toEqual([[], false]);
  expect(reachOfChanges('sql')).toEqual([['T1.1b', 'T1.1a'], false]);
  const confined = { ...change('5'), file: 'platform/egress/http-request.ts' };
  expect(reach({ id: '5', changes: [confined] })).toMatchObject({ claims: { length: 2 }, isKnown: false });
});

test('a pair is described by both places', () => {
  const within = { ...change('2'), within: 'isLess' };

  expect(describeMutant({ id: '1+2', changes: [change('1'), within] })).toBe(
    'platform/core/1.ts:1: EqualityOperator: a < b → a <= b and ' +
      'platform/core/2.ts:1, isLess: EqualityOperator: a < b → a <= b',
  );
});

const resultOf = (outcome: MutantResult['outcome'], claim?: string): MutantResult => ({
  mutant: mutant('1'),
  outcome,
  evidence: 'it was late',
  seconds: 1,
  ...(claim && { claim }),
});
const caughtBy = (claim?: string): MutantResult => resultOf('caught', claim);

test('the table of claims has the first that failed for each mutant', () => {
  expect(
    formatClaims([caughtBy('T1.1a'), caughtBy('T1.1b'), caughtBy('T1.1b'), caughtBy()])
      .split('\n')
      .slice(2),
  ).toEqual(['| T1.1b | 2 |', '| T1.1a | 1 |', '| start | 1 |']);
});

test('the score counts what was reached and decided', () => {
  const outcomes = ['caught', 'not noticed', 'not reached', 'environment', 'not known'] as const;

  expect(formatMutantSummary(outcomes.map((outcome) => resultOf(outcome)))).toBe(
    'caught: 1 of 2 reached mutants, of 5; 5 s',
  );
});

test('a result file continues a sample of the same sources only', () => {
  const directory = testDirectory();
  const path = join(directory, 'mutants.jsonl');
  const mutants = ['1', '2'].map(mutant);
  const open = (all: readonly Mutant[], selected = all, measured = 'a') =>
    openResultFile(path, { mutants: all, selected, measured });
  const reach = { measured: ['T1.1a'], seconds: { 'T1.1a': 1 }, claims: {}, atStart: [] };
  open(mutants).append(caughtBy('T1.1a'));
  open(mutants).appendReach(reach);
  const trial = { mutant: mutants[1]!, claims: census.slice(1), isReached: true, seconds: 1 };
  open(mutants).appendTrial(trial);

  expect(open(mutants)).toMatchObject({ earlier: [caughtBy('T1.1a')], reach: [reach] });
  expect([...open(mutants).trials]).toEqual([['2', { left: ['T1.1b', 'T1.1c'], isReached: true, seconds: 1 }]]);
  expect(open(mutants, mutants.slice(1))).toMatchObject({ earlier: [], reach: [reach] });
  expect(open(mutants, mutants, 'b').reach).toEqual([]);
  expect(() => open([{ id: '1', changes: [{ ...change('1'), line: 2 }] }])).toThrow(/the sources have changed/);
});
