import { randomName } from '../names';
import type { Operation } from './document';
import { pathOf, ROWS } from './routes';
import type { Sent } from './send';
import type { Thing, World } from './world';

/** One call that names a thing of another tenant, and the same call naming what never was. */
export interface Pair {
  readonly what: string;
  readonly foreign: Sent;
  readonly unused: Sent;
  /** As the two are named: what of an answer may differ. */
  readonly names: { readonly foreign: string; readonly unused: string };
}

const NO_ID = 987_654_321;

/** What is as long as the name of the thing, and names nothing. */
function unusedFor(named: string | number): string | number {
  if (typeof named === 'number') return NO_ID;
  return named.replace(/[a-z0-9]{8}/, () => randomName(8));
}

/** Names in a body that are of no thing: of what is made, of the shipped runtimes, or of the platform's workers. */
const NO_THING: ReadonlySet<string> = new Set(['ref', 'owner', 'refresh_token', 'worker_selector']);
const LOOKS_LIKE_A_NAME =
  /_refs?$|_ids?$|^(owner|execution|runtime|assigned_to|parent|trigger|trigger_type|action|pack|rule|tenant|identity)(_|$)/;
/** Of a key: what kind of owner it has, no name. */
const WORDS: ReadonlySet<string> = new Set([
  'owner_type',
  'trigger_params',
  'action_params',
  'trigger_instance_id',
  'runtime_version_constraint',
  'runtime_deps',
  'pack_paths',
  'execution_config',
]);

/** Properties of bodies that look like a name of something and have no entry in their row: `POST /x names y`. */
export const unnamed = (operations: readonly Operation[]): string[] =>
  operations.flatMap(({ route, body }) =>
    body
      .filter((property) => LOOKS_LIKE_A_NAME.test(property) && !NO_THING.has(property) && !WORDS.has(property))
      .filter((property) => !Object.hasOwn(ROWS[route]?.names ?? {}, property))
      .map((property) => `${route} names ${property}`),
  );

/** What a query may be narrowed by that names a thing, or holds words of it. */
const FILTERS: Readonly<Record<string, Thing>> = {
  ...{
    action_ref: 'action',
    pack_name: 'pack',
    rule_ref: 'rule',
    trigger_ref: 'trigger',
    pack_ref: 'pack',
    packs: 'pack',
  },
  ...{
    executor: 'identity',
    enforcement: 'enforcement',
    parent: 'busy',
    correlation_id: 'correlation',
    rule: 'ruleId',
  },
  ...{ event: 'event', trigger: 'triggerId', source: 'sensorId', execution: 'execution', execution_id: 'execution' },
  ...{
    name: 'pack',
    assigned_to: 'identity',
    owner: 'packId',
    q: 'pack',
    search: 'pack',
    result_contains: 'pack',
    tags: 'pack',
  },
};
/** What narrows no list to a thing. */
const PLAIN: ReadonlySet<string> = new Set([
  ...['page', 'page_size', 'per_page', 'limit', 'offset', 'cursor', 'tail', 'status', 'owner_type', 'include_total'],
  ...[
    'scope',
    'type',
    'visibility',
    'top_level_only',
    'executable_with_current_access',
    'include_secret_values',
    'role',
    'cordoned',
    'health_state',
  ],
]);

/** Queries that no table knows: `GET /x?y`. */
export const unfiltered = (operations: readonly Operation[]): string[] =>
  operations.flatMap(({ route, query }) =>
    query.filter((name) => !Object.hasOwn(FILTERS, name) && !PLAIN.has(name)).map((name) => `${route}?${name}`),
  );

const called = (route: string) => ({ method: route.slice(0, route.indexOf(' ')) });

/** Without a change of anything: only the name in the path is theirs. */
export async function byPath({ route }: Operation, theirs: World, own: World): Promise<Pair[]> {
  const row = ROWS[route]!;
  if (row.path === undefined) return [];
  const body = await row.body?.(own);
  return [
    pair(`${route} by path`, theirs[row.path], (name) => ({ ...called(route), path: pathOf(route, row, name), body })),
  ];
}

/** A call of our own that names one thing of theirs in its body; once for each name that there is. */
export async function byBody({ route }: Operation, theirs: World, own: World): Promise<Pair[]> {
  const row = ROWS[route]!;
  const path = pathOf(route, row, row.path === undefined ? null : own[row.path]);
  const names = Object.entries(row.names ?? {});
  const pairs = names.map(async ([property, named]): Promise<Pair[]> => {
    if (named === null) return [];
    const { thing, beside } = typeof named === 'string' ? { thing: named, beside: {} } : named;
    const body = Object.entries({ ...(await row.body?.(own)) }).filter(([name]) => name !== instead(property));
    const valued = (name: string | number) => (/_(refs|types)$/.test(property) ? [name] : name);
    const call = (name: string | number) => ({
      ...called(route),
      path,
      body: { ...Object.fromEntries(body), ...beside, [property]: valued(name) },
    });
    return [pair(`${route} naming ${property}`, theirs[thing], call)];
  });
  return (await Promise.all(pairs)).flat();
}

/** An event names its trigger in one of two ways. */
const instead = (property: string): string => (property === 'trigger_type' ? 'trigger_ref' : property);

/** A list of our own, narrowed to a thing of theirs. */
export function byFilter({ route, query }: Operation, theirs: World, own: World): Pair[] {
  const row = ROWS[route]!;
  const path = row.path === undefined ? null : own[row.path];
  return query
    .filter((name) => Object.hasOwn(FILTERS, name))
    .map((name) =>
      pair(`${route}?${name}`, theirs[FILTERS[name]!], (value) => ({
        ...called(route),
        path: pathOf(route, row, path, { [name]: String(value) }),
      })),
    );
}

function pair(what: string, named: string | number, call: (name: string | number) => Sent): Pair {
  const unused = unusedFor(named);
  return {
    what,
    foreign: call(named),
    unused: call(unused),
    names: { foreign: String(named), unused: String(unused) },
  };
}
