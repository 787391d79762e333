import { controlledClaims, shardOfClaims } from '../../../cli/detection/control-claims';
import { repositoryRoot } from '../../../helpers/repository-root';
import { readCensus } from '../../../helpers/scenario/census';
import type { Fault } from '../../../tools/detection/fault';
import type { ClaimResult } from '../../../tools/detection/run/claim-results';
import { detectProven, runControl } from '../../../tools/detection/run/control';
import { detectFaults, type DetectionRun } from '../../../tools/detection/run/detect-faults';
import type { ClaimsRequest } from '../../../tools/detection/run/run-claims';

const claim = (id: string) => ({ id, file: 'tier1/a.test.ts', budget: 10 });
const CLAIMS = ['T1.1a', 'T1.1b', 'T1.1c'].map(claim);
const fault = (id: string, claims: readonly string[]): Fault => ({
  id,
  promise: '',
  file: 'a.ts',
  find: 'a',
  replace: 'b',
  claims,
});
const FAULTS = [fault('F1', ['T1.1a']), fault('F2', ['T1.1b'])];

type Outcome = ClaimResult['outcome'] | 'skipped';

/** A suite whose claims have these results with a fault, by its id; without one with the id ''. */
function suiteWith(outcomes: Readonly<Record<string, Readonly<Record<string, Outcome>>>>) {
  const runs: { fault: string; claims: string[] }[] = [];
  const lines: string[] = [];
  let applied = '';
  const runClaims = ({ claims }: ClaimsRequest) => {
    runs.push({ fault: applied, claims: claims.map(({ id }) => id) });
    const results = claims.map(({ id }): ClaimResult => {
      const outcome = outcomes[applied]?.[id] ?? 'green';
      if (outcome !== 'skipped') return { claim: id, outcome, seconds: 1, evidence: '' };
      return { claim: id, outcome: 'environment', seconds: 0, evidence: 'not run: Jest: pending; no record' };
    });
    return Promise.resolve({ seconds: 1, results, times: [] });
  };
  const copy = {
    root: 'copy',
    apply: () => () => undefined,
    applyMarked: ({ id }: Fault) => {
      applied = id;
      return { ranDuring: () => ['T1.1b'], restore: () => void (applied = '') };
    },
    prepare: () => Promise.resolve(),
    multiply: () => [],
    close: () => Promise.resolve(),
    remove: () => undefined,
  };
  const run: DetectionRun = {
    copies: [copy],
    census: CLAIMS,
    allClaims: false,
    runClaims,
    stop: new AbortController().signal,
    reportProgress: (line) => void lines.push(line),
  };
  return { run, runs, lines };
}

const idsOf = (detections: readonly { fault: Fault }[]): string[] => detections.map(({ fault: { id } }) => id);

test('with a control, no fault is applied whose claim the host cannot prove', async () => {
  const { run, runs } = suiteWith({ '': { 'T1.1a': 'skipped' }, F2: { 'T1.1b': 'red' } });

  const detections = await detectProven(run, FAULTS, { claims: CLAIMS.slice(0, 2), mustProve: false });

  expect(idsOf(detections)).toEqual(['F2']);
  expect(runs).toEqual([
    { fault: '', claims: ['T1.1a', 'T1.1b'] },
    { fault: 'F2', claims: ['T1.1b'] },
  ]);
});

test('without a control, a claim runs without a fault only if it was skipped', async () => {
  const { run, runs, lines } = suiteWith({
    '': { 'T1.1a': 'skipped' },
    F1: { 'T1.1a': 'skipped' },
    F2: { 'T1.1b': 'red' },
  });

  const detections = await detectProven(run, FAULTS, { claims: [], mustProve: false });

  expect(idsOf(detections)).toEqual(['F2']);
  expect(runs).toEqual([
    { fault: 'F1', claims: ['T1.1a'] },
    { fault: 'F2', claims: ['T1.1b'] },
    { fault: '', claims: ['T1.1a'] },
  ]);
  expect(lines).toContain('F1 is left out: this host does not prove T1.1a');
});

test('claims that could not decide run again when all faults have ended', async () => {
  const { run, runs, lines } = suiteWith({ F1: { 'T1.1a': 'red', 'T1.1b': 'environment' }, F2: { 'T1.1b': 'red' } });
  const faults = [fault('F1', ['T1.1a', 'T1.1b']), fault('F2', ['T1.1b'])];

  const [first, second] = await detectFaults(run, faults);

  expect(runs.map((each) => [each.fault, ...each.claims])).toEqual([
    ['F1', 'T1.1a', 'T1.1b'],
    ['F2', 'T1.1b'],
    ['F1', 'T1.1b'],
  ]);
  expect([first?.seconds, second?.seconds]).toEqual([2, 1]);
  expect(first?.results.map(({ outcome }) => outcome)).toEqual(['red', 'environment']);
  expect(lines).toEqual([
    '1 of 2: F1 T1.1b environment, 1.0 s, undecided claims run again at the end',
    '2 of 2: F2 caught, 1.0 s',
    'again: F1 T1.1b environment, 2.0 s',
  ]);
});

test('a claim that did not fail is a gap in the claim, or in its scenario', async () => {
  const { run, lines } = suiteWith({});

  const detections = await detectFaults(run, [fault('F1', ['T1.1a', 'T1.1b'])]);

  expect(detections.map(({ ran }) => ran)).toEqual([['T1.1b']]);
  expect(lines).toEqual(['1 of 1: F1 T1.1a not reached, T1.1b not noticed, 1.0 s']);
});

test('a claim that is skipped because of its fault has not detected it', async () => {
  const { run } = suiteWith({ F1: { 'T1.1a': 'skipped' }, F2: { 'T1.1b': 'red' } });

  const detections = await detectProven(run, FAULTS, { claims: [], mustProve: false });

  expect(detections.map(({ results: [first] }) => first?.outcome)).toEqual(['environment', 'red']);
});

test('a control that is not green is an error', async () => {
  const { run, runs } = suiteWith({ '': { 'T1.1a': 'red', 'T1.1b': 'skipped' } });

  const failed = detectProven(run, FAULTS, { claims: CLAIMS.slice(0, 2), mustProve: false });

  await expect(failed).rejects.toThrow(/^the control failed: .*\n {2}T1.1a red: $/);
  expect(runs.map((each) => each.fault)).toEqual(['']);
});

test('where each claim must be proven, one that is skipped is an error', async () => {
  const { run } = suiteWith({ '': { 'T1.1b': 'skipped' } });

  expect(await runControl(run, { claims: CLAIMS, mustProve: false })).toEqual(['T1.1b']);
  await expect(runControl(run, { claims: CLAIMS, mustProve: true })).rejects.toThrow('T1.1b environment: not run');
});

test('the control has all claims, those that the gate leaves out, or none', () => {
  const claims = [claim('T1.1a'), { ...claim('S2-04'), file: '../integration/sandbox/s2-run.test.ts' }];
  const idsWith = (flags: Parameters<typeof controlledClaims>[1]) =>
    controlledClaims(claims, flags, repositoryRoot()).map(({ id }) => id);

  expect(idsWith({})).toEqual(['T1.1a', 'S2-04']);
  expect(idsWith({ besideGate: true })).toEqual(['S2-04']);
  expect(idsWith({ withoutControl: true })).toEqual([]);
});

test('the shards of the control have each claim once, and no file twice', () => {
  const claims = readCensus(repositoryRoot());
  const shards = [1, 2, 3, 4].map((index) => shardOfClaims(claims, { index, count: 4 }, repositoryRoot()));
  const files = shards.map((shard) => [...new Set(shard.map(({ file }) => file))]);

  expect(new Set(shards.flat())).toEqual(new Set(claims));
  expect(shards.flat()).toHaveLength(claims.length);
  expect(files.flat()).toHaveLength(new Set(files.flat()).size);
  expect(Math.min(...shards.map(({ length }) => length))).toBeGreaterThan(0);
});
