import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cost, slicesOf } from '../../../tools/gate/run/proof-slices';
import { isWholeInGate, parseGateSteps, parseProofParts, runsTestFile, type Step } from '../../../tools/gate/run/steps';
import { jobsOf } from '../../../cli/gate/read-results';
import { parsePolicy } from '../../../tools/gate/policy';
import { FAULTS } from '../../../tools/detection/catalogue/catalogue';
import { testFiles } from '../test-files';

const ROOT = join(__dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const gate = parseGateSteps(read('.ci/gate.yml'));
const proof = parseProofParts(read('.ci/proof.yml'));

type Work = Pick<Step, 'jest' | 'with' | 'except'>;

/** A step on a target, or on a host, that a script of `.ci` starts repeats tests there. */
const isElsewhere = (work: Work): boolean => work.with?.startsWith('.ci/') ?? false;
const isFullSize = (work: Work): boolean => work.with?.includes('E2E_SIZES=full') ?? false;

/** Tests whose whole size takes hours, with the reason; it is run by hand. */
const HOURS: Readonly<Record<string, string>> = {
  'tests/integration/faults/executor-kill-points.test.ts': '120 runs of a workflow with 500 items',
};

const here: readonly Work[] = [gate.first, ...gate.steps, ...proof.parts].filter((work) => !isElsewhere(work));

const countIn = (steps: readonly Work[], file: string): number =>
  steps.filter((work) => runsTestFile(work, file)).length;

test('every test file is in the gate or in the proof', () => {
  expect(testFiles().filter((file) => countIn(here, file) === 0)).toEqual([]);
});

test('no test file is run twice in its usual size', () => {
  const usual = here.filter((work) => !isFullSize(work));

  expect(testFiles().filter((file) => countIn(usual, file) > 1)).toEqual([]);
});

test('every test with a whole size has it in the proof, or needs hours', () => {
  const full = here.filter(isFullSize);
  const withSizes = testFiles().filter((file) => /\bsized\(\{/.test(read(file)));

  expect(withSizes.length).toBeGreaterThan(0);
  expect(withSizes.filter((file) => countIn(full, file) !== (file in HOURS ? 0 : 1))).toEqual([]);
});

test('a file is whole in the gate, unless the proof has a larger size', () => {
  const isWhole = (path: string): boolean => isWholeInGate(gate, proof, path);

  expect(isWhole('tests/e2e/tier2/t2-08-retry-policy.test.ts')).toBe(true);
  expect(isWhole('tests/e2e/tier2/t2-14-composed-workflows.test.ts')).toBe(false);
  expect(isWhole('tests/integration/sandbox/s2-run.test.ts')).toBe(false);
});

test('every exception of a step names a file', () => {
  const exceptions = here.flatMap(({ except = [] }) => except);

  expect(exceptions.length).toBeGreaterThan(0);
  const files = testFiles();
  expect(exceptions.filter((part) => !files.some((file) => new RegExp(part).test(file)))).toEqual([]);
});

test('every job of a step is a job of the policy', () => {
  const jobs = jobsOf(parsePolicy(read('gate/policy.yml')));
  const used = [gate.first, ...gate.steps, ...proof.parts].flatMap(({ job }) => job ?? []);

  expect(used.filter((job) => !jobs.includes(job))).toEqual([]);
  expect(jobs.filter((job) => !used.includes(job))).toEqual([]);
});

test('no slice of the proof takes more than 180 s by its table', () => {
  expect(Math.max(...slicesOf(proof).map(cost))).toBeLessThanOrEqual(180);
});

test('the number of slices is a prime', () => {
  const { slices } = proof;
  const divisors = Array.from({ length: slices - 2 }, (_, n) => n + 2).filter((n) => slices % n === 0);

  expect(divisors).toEqual([]);
});

test('a piece of the seeded faults has ten to twelve of them', () => {
  const pieces = proof.parts.find(({ id }) => id === 'faults')!.pieces;

  expect(FAULTS.length / pieces).toBeGreaterThan(10);
  expect(FAULTS.length / pieces).toBeLessThan(12);
});
