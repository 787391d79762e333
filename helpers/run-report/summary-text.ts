import { markdownTable } from '../report/github';
import { failureText } from './failure-text';
import type { RunModel } from './run-model';

/** Failures with their whole text; the others are in the table only. */
const SHOWN_FAILURES = 10;

/** A run as Markdown, for the summary of a pull request: counts, failed claims, their texts. */
export function summaryText(run: RunModel): string {
  const counts = new Map<string, number>();
  for (const { result } of run.claims) counts.set(result, (counts.get(result) ?? 0) + 1);
  const failed = run.claims.filter(({ result }) => result === 'failed' || result === 'environment');
  const rows = failed.map(({ id, title, file, failure }) => [id, title, failure?.at ?? file, failure?.summary ?? '']);
  return [
    `# Run ${run.run} on ${run.target.platform}`,
    [...counts].map(([result, count]) => `${count} ${result}`).join(', '),
    ...(run.reasons.length > 0 ? [run.reasons.map((reason) => `* ${reason}`).join('\n')] : []),
    ...(failed.length > 0 ? [markdownTable(['claim', 'promise', 'line', 'seen'], rows).trimEnd()] : []),
    ...failed
      .slice(0, SHOWN_FAILURES)
      .flatMap((claim) => (claim.failure ? [failureText(claim, claim.failure, run).trimEnd()] : [])),
  ]
    .join('\n\n')
    .concat('\n');
}
