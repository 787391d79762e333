import { EXIT_CODES } from '../../contract/errors';
import { appliesOn, type KnownDefect } from '../target/declarations';
import type { TestRecord } from '../scenario/test-records';

/** Jest's own counts. */
export interface TestCounts {
  passed: number;
  failed: number;
}

export interface RunResult {
  /** 0 keeps Jest's own exit code. */
  exit: number;
  /** One line for each reason. */
  reasons: string[];
}

/** What a run must fulfil besides its tests. */
export interface RunExpectations {
  /** Path of the target file. */
  targetFile: string;
  /** Ids that the target declares as not proven. */
  expectedNotProven: readonly string[];
  /** Tests that the target declares as red. */
  known: readonly KnownDefect[];
  /** The day on which the run started. */
  startedOn: string;
  /** Capabilities whose declaration and probe disagree. */
  contradictions: readonly string[];
  /** Every selected test must be proven. */
  requireLive: boolean;
  /** Needs that this run or its host lacks: no difference from the target file. */
  missingHere: readonly string[];
}

/**
 * The exit code beyond Jest's own. A failed test comes first (Jest's exit 1), then a target that
 * contradicts its declaration (3), then 5: if no test ran, if the unproven or known red ids differ
 * from those declared for the target, and, with `requireLive`, if any id is not proven. Entries of
 * tests that were not selected do not count.
 */
export function evaluateRun(
  counts: TestCounts,
  records: readonly TestRecord[],
  expectations: RunExpectations,
): RunResult {
  const { contradictions } = expectations;
  const entryReasons = outdatedEntries(records, expectations);
  if (counts.failed > 0) return { exit: 0, reasons: [...contradictions, ...entryReasons] };
  if (contradictions.length > 0) return { exit: EXIT_CODES.notProvisioned, reasons: [...contradictions] };
  const reasons = [
    ...(counts.passed === 0 ? [nothingProven(records)] : []),
    ...new Set(unprovenTests(records, expectations)),
    ...provenUnexpectedly(records, expectations),
    ...entryReasons,
  ];
  return { exit: reasons.length > 0 ? EXIT_CODES.notProven : 0, reasons };
}

function nothingProven(records: readonly TestRecord[]): string {
  const count = (name: TestRecord['class']) => records.filter((record) => record.class === name).length;
  const [unproven, red] = [count('not proven'), count('known red')];
  const cause = unproven + red === 0 ? 'no test ran' : `${unproven} not proven, ${red} known red`;
  return `NOTHING_PROVEN: 0 passed, ${cause}`;
}

/** Tests that should have been proven and were not. */
const unprovenTests = (
  records: readonly TestRecord[],
  { expectedNotProven, requireLive, missingHere }: RunExpectations,
): string[] =>
  records.flatMap(({ id, class: outcome, missing }) => {
    if (outcome === 'known red') return requireLive ? [`${id} is not proven: it is known red`] : [];
    if (outcome !== 'not proven' || (!requireLive && expectedNotProven.includes(id))) return [];
    if (!requireLive && missing.every((need) => missingHere.includes(need))) return [];
    return [`${id} is not proven: the target lacks ${missing.join(', ')}`];
  });

const provenUnexpectedly = (
  records: readonly TestRecord[],
  { expectedNotProven, targetFile }: RunExpectations,
): string[] =>
  expectedNotProven
    .filter((id) => {
      const outcomes = outcomesOf(id, records);
      return outcomes.includes('passed') && !outcomes.includes('not proven');
    })
    .map((id) => `${id} was proven: remove it from \`notProven\` of ${targetFile}`);

/** Entries of known defects that have expired, or whose tests passed though they may not. */
const outdatedEntries = (records: readonly TestRecord[], { known, startedOn, targetFile }: RunExpectations): string[] =>
  known.flatMap((entry) => {
    const outcomes = outcomesOf(entry.claim, records);
    if (outcomes.length === 0) return [];
    const list = `\`known\` of ${targetFile}`;
    if (!entry.mayPass && outcomes.every((outcome) => outcome === 'passed'))
      return [`${entry.claim} is green: remove it from ${list}`];
    return appliesOn(entry, startedOn)
      ? []
      : [`${entry.claim}: its entry in ${list} expired on ${entry.expires}; examine the defect again`];
  });

const outcomesOf = (id: string, records: readonly TestRecord[]): TestRecord['class'][] =>
  records.filter((record) => record.id === id).map((record) => record.class);
