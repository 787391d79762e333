import { seededRandom } from '../history/seeded-random';
import { ROWS } from './matrix';
import { ROLES, type CrashCase } from './run-case';

const MOMENTS = ['before', 'after'] as const;

/** Every row with every moment and every role. */
const CASES: readonly CrashCase[] = Object.entries(ROWS).flatMap(([boundary, rows]) =>
  rows.flatMap((row) =>
    MOMENTS.flatMap((moment) => ROLES.map((role): CrashCase => ({ boundary, ...row, moment, role }))),
  ),
);

/**
 * `after executor/workflows/advance:advanceWorkflow 2, platform, sequence`: `E2E_CASE` is a part
 * of it.
 */
export const describeCase = ({ boundary, occurrence = 1, moment, role, history }: CrashCase): string =>
  `${moment} ${boundary} ${occurrence}, ${role}, ${history}`;

/**
 * At most so many of the cases with `part` in their description, in an order that follows from the
 * seed.
 */
export function sampleCases(seed: number, count: number, part = ''): CrashCase[] {
  const random = seededRandom(seed);
  return CASES.map((crashCase) => ({ crashCase, place: random(2 ** 30) }))
    .filter(({ crashCase }) => describeCase(crashCase).includes(part))
    .sort((a, b) => a.place - b.place)
    .slice(0, count)
    .map(({ crashCase }) => crashCase);
}
