import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { isError } from '../../../../helpers/errors';
import type { ExpectedRecord } from '../model/expectation';
import type { PreparedCase } from './prepare-case';

/** Lines of a message of at most 60: those of a definition, and those of the difference. */
const [DEFINITION_LINES, DIFFERENCE_LINES] = [28, 24];

/** The error of a comparison; null: both are equal. */
export function differenceBetween(observed: object, expected: object): Error | null {
  try {
    expect(observed).toStrictEqual(expected);
    return null;
  } catch (error) {
    if (isError(error)) return error;
    throw error;
  }
}

type Records = Readonly<Record<string, ExpectedRecord>>;

/** The difference of two records; only the fields that differ are in its message. */
export function recordDifference(observed: Records, expected: Records): Error | null {
  const paths = [...new Set([...Object.keys(expected), ...Object.keys(observed)])].filter(
    (path) => !isDeepStrictEqual(observed[path], expected[path]),
  );
  const parts = paths.map((path) => differingFields(observed[path], expected[path]));
  const side = (n: 0 | 1) => Object.fromEntries(paths.map((path, each) => [path || 'root', parts[each]![n]] as const));
  return differenceBetween(side(0), side(1));
}

type Fields = Partial<ExpectedRecord> | 'none';

function differingFields(observed?: ExpectedRecord, expected?: ExpectedRecord): readonly [Fields, Fields] {
  if (!observed || !expected) return [briefly(observed), briefly(expected)];
  const keys = Object.keys({ ...expected, ...observed }) as (keyof ExpectedRecord)[];
  const differing = keys.filter((key) => !isDeepStrictEqual(observed[key], expected[key]));
  const of = (record: ExpectedRecord): Fields =>
    Object.fromEntries(differing.filter((key) => key in record).map((key) => [key, record[key]]));
  return [of(observed), of(expected)];
}

/** An execution that only one of the two has. */
const briefly = (record?: ExpectedRecord): Fields =>
  record ? { action: record.action, status: record.status, result: record.result } : 'none';

const firstLines = (text: string, count: number): string => {
  const lines = text.split('\n');
  return lines.length <= count ? text : [...lines.slice(0, count), `… ${lines.length - count} more lines`].join('\n');
};

/** Each task in a line of JSON, and so the other parts of a workflow. */
const inLines = (workflows: PreparedCase['modelCase']['workflows']): object =>
  Object.fromEntries(
    Object.entries(workflows).map(([ref, { tasks, parts }]) => [
      ref,
      { tasks: tasks.map((task) => JSON.stringify(task)), parts: JSON.stringify(parts) },
    ]),
  );

/** The command that repeats a case. */
export const commandOf = ({ planned }: PreparedCase, claim: string): string =>
  `${planned.selection} npx jest t2-14 -t ${claim}`.trim();

/** The difference with the case that has it, its input first, and how to repeat that. */
export function describe(difference: Error, prepared: PreparedCase, claim: string): string {
  const { workflows, parameters, responses, isPaused, isCancelled } = prepared.modelCase;
  const definition = stringify(
    { input: JSON.stringify({ parameters, responses, isPaused, isCancelled }), workflows: inLines(workflows) },
    { aliasDuplicateObjects: false, lineWidth: 0, collectionStyle: 'any' },
  );
  const parts = [firstLines(difference.message, DIFFERENCE_LINES), firstLines(definition, DEFINITION_LINES)];
  return `${parts.join('\n\n')}\n\nrepeat it with: ${commandOf(prepared, claim)}`;
}
