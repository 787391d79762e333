import { stripVTControlCharacters } from 'node:util';
import type { JestReport } from '../../helpers/jest/jest-report';

export const LOADS = ['calm', 'busy'] as const;
/** `busy`: every core of the machine was kept busy. */
export type Load = (typeof LOADS)[number];

/** One run of the tests. */
export interface BurnInRun {
  readonly load: Load;
  /** Exit code of Jest. */
  readonly exit: number;
  /** Null: it ended before Jest wrote one. */
  readonly report: JestReport | null;
}

/** How a test ended in the runs of one load. Milliseconds. */
interface Outcomes {
  readonly runs: number;
  readonly failed: number;
  /** Null: it never ran. */
  readonly durations: { readonly min: number; readonly median: number; readonly max: number } | null;
}

/** How one test ended in all runs. */
export interface TestDistribution {
  /** Absolute path. */
  readonly file: string;
  /** Full name; null: the file itself failed, outside its tests. */
  readonly test: string | null;
  readonly calm: Outcomes;
  readonly busy: Outcomes;
  /** Of its first failure; null: it never failed. */
  readonly message: string | null;
}

/** A test in one run. */
interface Outcome {
  readonly file: string;
  readonly test: string | null;
  readonly load: Load;
  readonly hasFailed: boolean;
  readonly ms: number;
  readonly message: string;
}

/** Every test that ran, those that failed most often first. */
export function distributionOf(runs: readonly BurnInRun[]): TestDistribution[] {
  const byTest = new Map<string, Outcome[]>();
  for (const outcome of runs.flatMap(outcomesOf)) {
    const key = JSON.stringify([outcome.file, outcome.test]);
    byTest.set(key, [...(byTest.get(key) ?? []), outcome]);
  }
  const tests = [...byTest.values()].map((outcomes) => ({
    file: outcomes[0]!.file,
    test: outcomes[0]!.test,
    calm: outcomesUnder('calm', outcomes, runs),
    busy: outcomesUnder('busy', outcomes, runs),
    message: outcomes.find(({ hasFailed }) => hasFailed)?.message ?? null,
  }));
  return tests.sort((a, b) => failures(b) - failures(a));
}

export const failures = ({ calm, busy }: TestDistribution): number => calm.failed + busy.failed;

function outcomesOf({ load, report }: BurnInRun): Outcome[] {
  return (report?.testResults ?? []).flatMap(
    ({ name: file, status, message, startTime, endTime, assertionResults }) => {
      const ran = assertionResults.filter((each) => each.status === 'passed' || each.status === 'failed');
      const tests = ran.map((each) => ({
        file,
        test: each.fullName,
        load,
        hasFailed: each.status === 'failed',
        ms: each.duration ?? 0,
        message: plain(each.failureMessages[0] ?? ''),
      }));
      const isFileFailed = status === 'failed' && !tests.some(({ hasFailed }) => hasFailed);
      const outside = {
        file,
        test: null,
        load,
        hasFailed: true,
        ms: endTime - startTime,
        message: plain(message ?? ''),
      };
      return isFileFailed ? [...tests, outside] : tests;
    },
  );
}

const plain = (text: string): string => stripVTControlCharacters(text).trim();

/** A file that fails outside its tests is seen only then: it ran as often as all tests. */
function outcomesUnder(load: Load, outcomes: readonly Outcome[], runs: readonly BurnInRun[]): Outcomes {
  const own = outcomes.filter((outcome) => outcome.load === load);
  const isFile = outcomes[0]!.test === null;
  const sorted = own.map(({ ms }) => ms).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return {
    runs: isFile ? runs.filter((run) => run.load === load).length : own.length,
    failed: own.filter(({ hasFailed }) => hasFailed).length,
    durations: median === undefined ? null : { min: sorted[0]!, median, max: sorted.at(-1)! },
  };
}
