import { EXIT_CODES } from '../../contract/errors';
import { isUndecided } from '../target/capabilities';
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
  /** Needs that the target may have: their probes did not end in time. */
  undecided: readonly string[];
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
    ...unprovenTests(records, expectations),
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

/** Tests that should have been proven and were not: one sentence for each cause. */
function unprovenTests(
  records: readonly TestRecord[],
  { expectedNotProven, requireLive, missingHere, undecided }: RunExpectations,
): string[] {
  const causes = new Map<string, Set<string>>();
  const add = (cause: string, id: string) => causes.set(cause, (causes.get(cause) ?? new Set()).add(id));
  for (const { id, class: outcome, missing } of records) {
    if (outcome === 'known red' && requireLive) add('not proven: known red', id);
    if (outcome !== 'not proven' || (!requireLive && expectedNotProven.includes(id))) continue;
    if (!requireLive && missing.every((need) => missingHere.includes(need))) continue;
    const needs = missing.join(', ');
    add(isUndecided(missing, undecided) ? `not decided: ${needs}` : `not proven: the target lacks ${needs}`, id);
  }
  return [...causes].map(([cause, ids]) => `${[...ids].join(', ')} ${ids.size === 1 ? 'is' : 'are'} ${cause}`);
}

function provenUnexpectedly(
  records: readonly TestRecord[],
  { expectedNotProven, targetFile }: RunExpectations,
): string[] {
  const ids = expectedNotProven.filter((id) => {
    const outcomes = outcomesOf(id, records);
    return outcomes.includes('passed') && !outcomes.includes('not proven');
  });
  if (ids.length === 0) return [];
  const [verb, them] = ids.length === 1 ? ['was', 'it'] : ['were', 'them'];
  return [`${ids.join(', ')} ${verb} proven: remove ${them} from \`notProven\` of ${targetFile}`];
}

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
