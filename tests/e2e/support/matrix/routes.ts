import { FIXTURE_FACTORIES, type FixtureIds } from './fixtures';
import type { RouteRow, RouteTable } from './route-row';
import { ACCESS_ROWS } from './rows-access';
import { EVENT_ROWS } from './rows-events';
import { EXECUTION_ROWS } from './rows-executions';
import { HISTORY_ROWS } from './rows-history';
import { PACK_ROWS } from './rows-packs';
import { QUEUE_ROWS } from './rows-queues';

const COMPONENT_WRITE = /^(actions|triggers|rules|runtimes):(create|update|delete)$/;

/** Who writes a component of a pack must be able to read the pack. */
const withPack = (row: RouteRow): RouteRow =>
  COMPONENT_WRITE.test(row.grant ?? '') ? { alsoNeeds: ['packs:read'], isOfPack: true, ...row } : row;

/** Every route of the OpenAPI document. A route that is missing here fails the matrix test. */
export const ROUTE_ROWS: Readonly<RouteTable> = Object.fromEntries(
  Object.entries({
    ...ACCESS_ROWS,
    ...PACK_ROWS,
    ...EXECUTION_ROWS,
    ...EVENT_ROWS,
    ...QUEUE_ROWS,
    ...HISTORY_ROWS,
  }).map(([route, row]) => [route, withPack(row)]),
);

/** Values of the other path parameters. */
const PATH_VALUES: Readonly<Record<string, string>> = {
  status: 'completed',
  stream: 'stdout',
  entity: 'execution',
  version: '1',
  revision: '1',
  key: 'wh_none',
  slug: 'default',
  token: '987654321',
  path: 'a..b',
  id: '987654321',
  execution: '987654321',
};
const INQUIRY_STATUS_PATH = '/api/v1/inquiries/status/';

/**
 * The path of a call. `named`: ref or id of the row's object; `more`: added to the row's query.
 */
export function callPath(
  route: string,
  row: RouteRow,
  named: string | number | null,
  more: Record<string, string> = {},
): string {
  const path = route.slice(route.indexOf(' ') + 1);
  const nameOfFixture = path.includes('{ref}') ? 'ref' : 'id';
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    if (path.startsWith(INQUIRY_STATUS_PATH)) return 'pending';
    const isFixture = row.path !== undefined && name === nameOfFixture;
    return encodeURIComponent(String(isFixture ? named : PATH_VALUES[name]));
  });
  const query = new URLSearchParams({ ...queryStrings(row.query), ...more }).toString();
  return query === '' ? filled : `${filled}?${query}`;
}

const queryStrings = (query: RouteRow['query'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));

/** The ref or id for a call: the shared object's, or a new one's. */
export const fixtureForCall = async (
  row: RouteRow,
  fixtures: FixtureIds,
  isDestructive: boolean,
): Promise<string | number | null> => {
  if (row.path === undefined) return null;
  const make = row.needsOwnFixture && isDestructive ? FIXTURE_FACTORIES[row.path] : undefined;
  return make ? make(fixtures) : fixtures[row.path];
};
