import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { GateError } from '../gate-error';
import { parseJson } from '../parse-json';
import { faultsOf, isDay } from '../policy';

const Text = Type.String({ minLength: 1, description: 'a text' });

/** A test that failed in a run of the gate, and passed alone in the same run. */
const Flake = Type.Object(
  {
    /** The name of the test; of a file that could not be run, its path. */
    test: Text,
    file: Text,
    commit: Text,
    /** Of the first time, UTC, `YYYY-MM-DD`. */
    date: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a day, YYYY-MM-DD' }),
    /** First line of the first failure. */
    message: Type.String({ description: 'a text' }),
    /** Of the host at the first failure: processes that could run, in the average of a minute. */
    load: Type.Number({ minimum: 0, description: 'a number from 0 on' }),
  },
  { additionalProperties: false },
);
export type Flake = Static<typeof Flake>;
const Flakes = Type.Array(Flake, { description: 'a list of flakes' });

/** Days after its date in which a flake must be mended. */
const MOST_DAYS = 14;
const MOST_FLAKES = 5;
const DAY_MS = 86_400_000;

/** Parses the list. Throws GateError with every fault. */
export function parseFlakes(text: string): Flake[] {
  const value = parseJson(text);
  if (!Value.Check(Flakes, value))
    throw new GateError('FLAKES_INVALID', value === undefined ? 'it is not JSON' : faultsOf(Flakes, value).join('; '));
  const faults = value.filter(({ date }) => !isDay(date)).map(({ date }) => `${date} is no day of the calendar`);
  if (faults.length > 0) throw new GateError('FLAKES_INVALID', faults.join('; '));
  return value;
}

export const flakesText = (flakes: readonly Flake[]): string => `${JSON.stringify(flakes, null, 2)}\n`;

/** The list with the new flakes. One that is listed keeps its date: its days go on. */
export function withFlakes(listed: readonly Flake[], found: readonly Flake[]): Flake[] {
  const all = new Map<string, Flake>();
  for (const flake of [...listed, ...found]) {
    const key = JSON.stringify([flake.file, flake.test]);
    if (!all.has(key)) all.set(key, flake);
  }
  return [...all.values()];
}

/** Days until the gate is red because of the flake; negative: it is red. */
export const daysLeft = ({ date }: Flake, today: string): number =>
  MOST_DAYS - (Date.parse(today) - Date.parse(date)) / DAY_MS;

/** A reason why the gate is red. */
export interface FlakeFinding {
  readonly code: 'FLAKE_TOO_OLD' | 'TOO_MANY_FLAKES';
  readonly text: string;
}

/** Every rule that the list breaks on the day, UTC. */
export const flakeFindings = (flakes: readonly Flake[], today: string): FlakeFinding[] => [
  ...flakes
    .filter((flake) => daysLeft(flake, today) < 0)
    .map(({ test, file, date }): FlakeFinding => ({
      code: 'FLAKE_TOO_OLD',
      text: `${test} (${file}) is listed since ${date}, more than ${MOST_DAYS} days: mend it, and remove it`,
    })),
  ...(flakes.length > MOST_FLAKES
    ? [
        {
          code: 'TOO_MANY_FLAKES' as const,
          text: `${flakes.length} flakes are listed, and at most ${MOST_FLAKES} may be`,
        },
      ]
    : []),
];
