import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { GateError } from './gate-error';
import { parseJson } from './parse-json';
import { faultsOf } from './policy';

const Name = Type.String({ minLength: 1, description: 'a text' });

/** How one check ended in one job of one run. */
export const HistoryEntry = Type.Object(
  {
    run: Name,
    branch: Name,
    commit: Name,
    job: Name,
    check: Name,
    result: Type.Union(
      [Type.Literal('passed'), Type.Literal('flaky'), Type.Literal('failed'), Type.Literal('cancelled')],
      { description: 'passed, flaky, failed or cancelled' },
    ),
    at: Type.String({
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$',
      description: 'an instant, UTC',
    }),
  },
  { additionalProperties: false },
);
export type HistoryEntry = Static<typeof HistoryEntry>;

/** Parses a history, one entry a line. Throws GateError with the number of the line. */
export const parseHistory = (text: string): HistoryEntry[] =>
  text.split('\n').flatMap((line, n) => (line === '' ? [] : [parseEntry(line, n + 1)]));

function parseEntry(line: string, number: number): HistoryEntry {
  const entry = parseJson(line);
  if (Value.Check(HistoryEntry, entry)) return entry;
  const faults = entry === undefined ? ['it is not JSON'] : faultsOf(HistoryEntry, entry);
  throw new GateError('HISTORY_INVALID', `line ${number}: ${faults.join('; ')}`);
}

export const historyText = (entries: readonly HistoryEntry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
