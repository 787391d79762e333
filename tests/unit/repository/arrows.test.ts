interface Side {
  readonly path?: string;
  readonly pathNot?: string | readonly string[];
}
interface Rule {
  readonly name: string;
  readonly from: Side;
  readonly to: Side;
}

const { forbidden } = jest.requireActual<{ forbidden: Rule[] }>('../../../.dependency-cruiser.js');

const matches = ({ path, pathNot = [] }: Side, file: string): boolean =>
  path !== undefined &&
  new RegExp(path).test(file) &&
  ![pathNot].flat().some((pattern) => new RegExp(pattern).test(file));

const isForbidden = (from: string, to: string): boolean =>
  forbidden.some((rule) => matches(rule.from, from) && matches(rule.to, to));

/**
 * Rooms that once imported each other: the first may import the second, never the other way round.
 */
const PAIRS = [
  ['worker', 'store'],
  ['executor', 'store'],
  ['worker', 'packs'],
  ['worker', 'workers'],
  ['workers', 'auth'],
  ['workers', 'executor'],
  ['api', 'auth'],
  ['api', 'notifier'],
  ['api', 'webhooks'],
] as const;

describe.each(PAIRS)('%s and %s', (upper, lower) => {
  const [above, below] = [`platform/${upper}/a.ts`, `platform/${lower}/b.ts`];

  test('the upper room may import the lower one', () => expect(isForbidden(above, below)).toBe(false));

  test('the lower room may not import the upper one', () => expect(isForbidden(below, above)).toBe(true));
});

test.each([
  ['platform/api/a.ts', 'platform/worker/b.ts'],
  ['platform/worker/a.ts', 'platform/api/b.ts'],
  ['platform/notifier/a.ts', 'platform/api/b.ts'],
  ['platform/core/a.ts', 'platform/store/b.ts'],
  ['platform/base/clock.ts', 'platform/store/b.ts'],
  ['platform/store/packs/a.ts', 'platform/store/executions/b.ts'],
  ['platform/store/inquiries/a.ts', 'platform/store/executions/b.ts'],
  ['platform/store/lifecycle/a.ts', 'platform/store/inquiries/b.ts'],
  ['platform/embedded/a.ts', 'platform/worker/b.ts'],
  ['platform/worker/a.ts', 'platform/auth/b.ts'],
  ['platform/worker/a.ts', 'platform/store/database/b.ts'],
  ['platform/worker/a.ts', 'platform/store/secrets/b.ts'],
  ['helpers/a.ts', 'platform/b.ts'],
  ['tests/e2e/support/model/a.ts', 'platform/b.ts'],
  ['tests/e2e/support/model/a.ts', 'helpers/client/b.ts'],
  ['tests/e2e/support/model/a.ts', 'helpers/scenario/b.ts'],
  ['tests/e2e/tier1/a.ts', 'platform/b.ts'],
  ['cli/a.ts', 'tests/unit/b.ts'],
  ['tools/gate/a.ts', 'helpers/b.ts'],
  ['tools/gate/a.ts', 'helpers/report/b.ts'],
  ['helpers/report/a.ts', 'contract/b.ts'],
])('%s may not import %s', (from, to) => expect(isForbidden(from, to)).toBe(true));
