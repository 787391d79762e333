import type { TestRecord } from '../scenario/test-records';
import { isUndecided, remedyOf } from '../target/capabilities';
import type { RunFacts } from '../target/run-facts';

/** Ids beyond these are in lines of their own, of this width. */
const FEW_IDS = 4;
const WIDTH = 100;
const INDENT = '           ';

type Facts = Pick<RunFacts, 'absences' | 'declarations' | 'undecided'>;

/** Tests that are not proven for one reason. */
interface Group {
  readonly needs: Set<string>;
  readonly reason: string;
  readonly ids: Set<string>;
  readonly word: string;
  readonly remedy: string | null;
}

/**
 * One line for each reason, with the tests that are not proven because of it: the declared one,
 * else the missing capability that most of them need.
 */
export function notProvenLines(facts: Facts, records: readonly TestRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const need of records.flatMap(({ missing }) => missing)) counts.set(need, (counts.get(need) ?? 0) + 1);
  const groups = new Map<string, Group>();
  for (const record of records.filter(({ missing }) => missing.length > 0)) {
    const [cause = ''] = [...record.missing].sort((one, other) => counts.get(other)! - counts.get(one)!);
    const declared = facts.declarations.notProven[record.id];
    const reason = declared ?? facts.absences[cause] ?? '';
    const word = wordOf(facts, record);
    const key = [word, declared ?? cause, reason].join('\n');
    const group: Group = groups.get(key) ?? {
      needs: new Set(),
      ids: new Set(),
      reason,
      word,
      remedy: declared === undefined ? remedyOf(cause, facts.undecided.includes(cause)) : null,
    };
    groups.set(key, group);
    group.ids.add(record.id);
    for (const need of declared === undefined ? [cause] : record.missing) group.needs.add(need);
  }
  return [...groups.values()].sort((one, other) => other.ids.size - one.ids.size).flatMap(linesOf);
}

/** `NOT PROVEN in part`: the test ran, without what its target lacks. */
function wordOf({ undecided }: Facts, { class: outcome, missing }: TestRecord): string {
  const word = isUndecided(missing, undecided) ? 'NOT DECIDED' : 'NOT PROVEN';
  return outcome === 'not proven' ? word : `${word} in part`;
}

function linesOf({ word, ids, needs, reason, remedy }: Group): string[] {
  const isLong = ids.size > FEW_IDS;
  const subject = isLong ? `${ids.size} tests` : [...ids].join(', ');
  return [
    `${word} ${subject} (${[...needs].join(', ')}): ${reason}`,
    ...(remedy === null ? [] : [`${INDENT}→ ${remedy}`]),
    ...(isLong ? wrapped([...ids]) : []),
  ];
}

/** The ids in as few lines as fit. */
function wrapped(ids: readonly string[]): string[] {
  const lines: string[] = [];
  for (const id of ids) {
    const last = lines.at(-1);
    if (last === undefined || last.length + id.length + 2 > WIDTH) lines.push(`${INDENT}${id}`);
    else lines[lines.length - 1] = `${last}, ${id}`;
  }
  return lines;
}
