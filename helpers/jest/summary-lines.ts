import { differences } from '../run-report/seen-text';
import { notProvenLines } from './not-proven-lines';
import { RESULT_CLASSES, type TestRecord } from '../scenario/test-records';
import { knownDefect, type RunFacts } from '../target/run-facts';
import { LIFECYCLE } from '../target/run-switches';

const MOST_DIFFERENCES = 4;

/** The results by class, the target, what was not proven by its cause, and what is known red. */
export function summaryLines(run: RunFacts, records: readonly TestRecord[]): string[] {
  const count = (name: TestRecord['class']) => records.filter((record) => record.class === name).length;
  const classCounts = RESULT_CLASSES.map((name) => `${name} ${count(name)}`);
  const selected = records.length - count('not selected');
  const latency = `L ${run.latency.runMs.toFixed(0)} ms, load factor ${run.loadFactor.toFixed(1)}`;
  return [
    `Recorded:    proved ${count('passed')} of ${selected}: ${classCounts.join(', ')}`,
    ...(selected < records.length ? [notSelectedLine(run, records)] : []),
    `Target:      ${run.platform} (${run.kind}), ${latency}`,
    `Packages:    ${packagesOf(run)}`,
    ...notProvenLines(run, records),
    ...records.filter((record) => record.class === 'known red').flatMap((record) => knownRedLines(run, record)),
  ];
}

function notSelectedLine({ switches }: RunFacts, records: readonly TestRecord[]): string {
  const ids = new Set(records.filter((record) => record.class === 'not selected').map(({ id }) => id));
  const causes = [
    ...(switches.mode === 'smoke' ? [`the ${LIFECYCLE} of workers (E2E_MODE=smoke)`] : []),
    ...(switches.time === 'real' ? ['long times (E2E_TIME=real)'] : []),
  ];
  return `Not selected: ${ids.size} tests of ${causes.join(' or of ')}: ${[...ids].join(', ')}`;
}

/** The declared reason, else what the suite observed. */
export function notProvenReason({ absences, declarations }: RunFacts, { id, missing }: TestRecord): string {
  return declarations.notProven[id] ?? missing.map((name) => absences[name] ?? '').join('; ');
}

/** The declared defect, and what differed, to compare them. */
function knownRedLines(run: RunFacts, record: TestRecord): string[] {
  return [
    `KNOWN RED  ${record.id} ${knownRedReason(run, record)}`,
    ...differences(record.error ?? '', MOST_DIFFERENCES).map((line) => `           ${line}`),
  ];
}

export function knownRedReason(run: RunFacts, { id }: TestRecord): string {
  const { reason, link, expires } = knownDefect(run, id) ?? { reason: '', link: '', expires: '' };
  return `until ${expires}: ${reason} (${link})`;
}

function packagesOf({ python: { from, http, yaml }, vendored }: RunFacts): string {
  const pins = [http, yaml].map(({ name, version }) => `${name} ${version}`).join(', ');
  if (vendored) return `${pins}, built by the suite, in the packs`;
  return from === 'index'
    ? `${pins}, from a package index`
    : `${pins}, built by the suite (no package index responded)`;
}
