import { formatCounts } from '../outcome';
import { pathOfFile } from '../fault';
import type { ClaimResult } from './claim-results';
import { outcomeOf, outcomeOfFault, survivingResults, type Detection } from './detect-faults';

const EVIDENCE_WIDTH = 100;

interface Row {
  readonly fault: string;
  readonly claim: string;
  readonly outcome: string;
  readonly time: string;
  readonly evidence: string;
}

interface ScenarioCounts {
  readonly scenario: string;
  readonly claims: ReadonlySet<string>;
  readonly faults: ReadonlySet<string>;
  /** Pairs of a fault and a claim that it names, and those of them where the claim failed. */
  readonly pairs: number;
  readonly red: number;
}

const COLUMNS = ['fault', 'claim', 'outcome', 'time'] as const satisfies readonly (keyof Row)[];
const TITLES: Row = { fault: 'fault', claim: 'claim', outcome: 'result', time: 'time', evidence: 'evidence' };

/** One line for each fault and claim. */
export function formatMatrix(detections: readonly Detection[]): string {
  const rows = [
    TITLES,
    ...detections.flatMap((detection) => detection.results.map((result) => rowOf(detection, result))),
  ];
  const widths = COLUMNS.map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) => [...COLUMNS.map((column, n) => row[column].padEnd(widths[n]!)), row.evidence].join('  ').trimEnd())
    .join('\n');
}

const rowOf = (detection: Detection, result: ClaimResult): Row => {
  const { claim, seconds, evidence } = result;
  return {
    fault: detection.fault.id,
    claim,
    outcome: outcomeOf(detection, result),
    time: `${seconds.toFixed(1)} s`,
    evidence: evidence.length > EVIDENCE_WIDTH ? `${evidence.slice(0, EVIDENCE_WIDTH - 1)}…` : evidence,
  };
};

/** One line for each claim that did not fail, with the promise that it does not prove. */
export const formatSurvivors = (detections: readonly Detection[]): string[] =>
  detections.flatMap((detection) =>
    survivingResults(detection).map(
      (result) => `${outcomeOf(detection, result)}: ${detection.fault.id}: ${result.claim}: ${detection.fault.promise}`,
    ),
  );

/** A Markdown table with one line for each folder of `platform/`, or of the project. */
export const formatRooms = (detections: readonly Detection[]): string =>
  formatCounts(
    'room',
    detections.map((detection) => ({ group: roomOf(detection), outcome: outcomeOfFault(detection) })),
  );

/** `core` of `platform/core/…`; `cli` of `cli/…`. */
const roomOf = ({ fault }: Detection): string =>
  pathOfFile(fault.file)
    .replace(/^platform\//, '')
    .split('/')[0]!;

/** `T2.1` of the claim `T2.1b`; a scenario among the system tests is its own: `S0-22`. */
const scenarioOf = (claim: string): string => claim.replace(/[a-z]$/, '');

/** A Markdown table with one line for each scenario. */
export function formatScenarios(detections: readonly Detection[]): string {
  const pairs = detections.flatMap(({ fault, results }) =>
    results.filter(({ claim }) => fault.claims.includes(claim)).map((result) => ({ fault: fault.id, ...result })),
  );
  const scenarios = [...new Set(pairs.map(({ claim }) => scenarioOf(claim)))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const counts = scenarios.map((scenario): ScenarioCounts => {
    const own = pairs.filter(({ claim }) => scenarioOf(claim) === scenario);
    return {
      scenario,
      claims: new Set(own.map(({ claim }) => claim)),
      faults: new Set(own.map(({ fault }) => fault)),
      pairs: own.length,
      red: own.filter(({ outcome }) => outcome === 'red').length,
    };
  });
  const rows = counts.map(
    ({ scenario, claims, faults, pairs: all, red }) =>
      `| ${scenario} | ${claims.size} | ${faults.size} | ${red} of ${all} |`,
  );
  return ['| scenario | claims | faults | claims that failed |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The number of detected faults, and the time for each. */
export function formatSummary(detections: readonly Detection[]): string {
  const detected = detections.filter((detection) => survivingResults(detection).length === 0).length;
  const seconds = detections.map((detection) => detection.seconds).sort((a, b) => a - b);
  const total = seconds.reduce((sum, each) => sum + each, 0);
  const median = seconds[Math.floor(seconds.length / 2)] ?? 0;
  return (
    `${detected} of ${detections.length} faults were caught by every claim that they name; ` +
    `${total.toFixed(0)} s, median ${median.toFixed(1)} s for each`
  );
}
