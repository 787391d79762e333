/**
 * What became of a change of the platform. `caught`: a claim failed because of it. `not noticed`:
 * it ran, and no claim failed: a gap in a claim. `not reached`: it never ran: a gap in a scenario.
 * `environment`: no claim failed, and one could not decide on this host. `not known`: no claim
 * failed, and whether the change ran is not known.
 */
export const OUTCOMES = ['caught', 'not noticed', 'not reached', 'environment', 'not known'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One change, in the group under which it is counted. */
interface Counted {
  readonly group: string;
  readonly outcome: Outcome;
}

/**
 * A Markdown table with one line for each group, in order of name, and one for all. Its last
 * column is the score: those caught of those that were reached and decided.
 */
export function formatCounts(title: string, items: readonly Counted[]): string {
  const groups = [...new Set(items.map(({ group }) => group))].sort();
  const rows = groups.map((group) =>
    rowOf(
      group,
      items.filter((item) => item.group === group),
    ),
  );
  const head = ['', title, 'changes', ...OUTCOMES, 'caught of reached', ''];
  const rule = ['', ...head.slice(1, -1).map(() => '---'), ''];
  return [head.join(' | ').trim(), rule.join(' | ').trim(), ...rows, rowOf('all', items)].join('\n');
}

function rowOf(name: string, items: readonly Counted[]): string {
  const counts = OUTCOMES.map((outcome) => items.filter((item) => item.outcome === outcome).length);
  return `| ${[name, items.length, ...counts, formatScore(items)].join(' | ')} |`;
}

/** `3 of 4`: those caught of those that were reached and decided. */
export function formatScore(items: readonly Pick<Counted, 'outcome'>[]): string {
  const caught = items.filter(({ outcome }) => outcome === 'caught').length;
  return `${caught} of ${caught + items.filter(({ outcome }) => outcome === 'not noticed').length}`;
}
