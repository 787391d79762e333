import { RESULT_CLASSES, type TestRecord } from '../scenario/test-records';
import { knownDefect, type RunFacts } from '../target/run-facts';

const MOST_DIFFERENCES = 4;

/** The results by class, the target, and each test that was not proven or known red. */
export function summaryLines(run: RunFacts, records: readonly TestRecord[]): string[] {
  const classCounts = RESULT_CLASSES.map(
    (name) => `${name} ${records.filter((record) => record.class === name).length}`,
  );
  const latency = `L ${run.latency.runMs.toFixed(0)} ms, load factor ${run.loadFactor.toFixed(1)}`;
  return [
    `Recorded:    ${classCounts.join(', ')}`,
    `Target:      ${run.platform} (${run.kind}), ${latency}`,
    `Packages:    ${packagesOf(run)}`,
    ...records.filter(({ missing }) => missing.length > 0).map((record) => notProvenLine(run, record)),
    ...records.filter((record) => record.class === 'known red').flatMap((record) => knownRedLines(run, record)),
  ];
}

/** With the declared reason, else with what the suite observed. */
function notProvenLine(run: RunFacts, { id, class: outcome, missing }: TestRecord): string {
  if (outcome !== 'not proven') return `NOT PROVEN ${id} in one line (${missing.join(', ')})`;
  const observations = missing.map((name) => run.absences[name] ?? '');
  return `NOT PROVEN ${id} (${missing.join(', ')}): ${run.declarations.notProven[id] ?? observations.join('; ')}`;
}

/** The declared defect, and what differed, to compare them. */
function knownRedLines(run: RunFacts, { id, error = '' }: TestRecord): string[] {
  const { reason, link, expires } = knownDefect(run, id) ?? { reason: '', link: '', expires: '' };
  return [
    `KNOWN RED  ${id} until ${expires}: ${reason} (${link})`,
    ...differences(error).map((line) => `           ${line}`),
  ];
}

/** The first differing lines of a failed expectation; of another error its first line. */
function differences(error: string): string[] {
  const lines = error.split('\n');
  const differing = lines.filter((line) => /^(Expected|Received): |^[-+] (?!Expected |Received )/.test(line));
  const isExpectation = error.startsWith('expect(') && differing.length > 0;
  return isExpectation ? differing.slice(0, MOST_DIFFERENCES) : lines.slice(0, 1);
}

function packagesOf({ python: { from, http, yaml }, vendored }: RunFacts): string {
  const pins = [http, yaml].map(({ name, version }) => `${name} ${version}`).join(', ');
  if (vendored) return `${pins}, built by the suite, in the packs`;
  return from === 'index'
    ? `${pins}, from a package index`
    : `${pins}, built by the suite (no package index responded)`;
}
