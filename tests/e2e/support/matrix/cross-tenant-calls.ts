import { randomName } from '../../../../helpers/scenario/names';
import type { DocumentedOperation } from './openapi-operations';
import { callPath, ROUTE_ROWS } from './routes';
import type { MatrixRequest } from './send-request';
import type { FixtureName, FixtureIds } from './fixtures';

/**
 * A call that names another tenant's object, and the same call with a name that does not exist.
 */
export interface CallPair {
  readonly title: string;
  readonly crossTenant: MatrixRequest;
  readonly nonexistent: MatrixRequest;
  /** The two names: the responses may differ in these only. */
  readonly names: { readonly crossTenant: string; readonly nonexistent: string };
}

const UNUSED_ID = 987_654_321;

/** A name of the same length that does not exist. */
function nonexistentLike(name: string | number): string | number {
  if (typeof name === 'number') return UNUSED_ID;
  return name.replace(/[a-z0-9]{8}/, () => randomName(8));
}

/**
 * Properties that name a new object, a built-in runtime or a worker of the platform: no tenant's
 * object.
 */
const NON_REFERENCE_NAMES: ReadonlySet<string> = new Set(['ref', 'owner', 'refresh_token', 'worker_selector']);
const REFERENCE_PATTERN =
  /_refs?$|_ids?$|^(owner|execution|runtime|assigned_to|parent|trigger|trigger_type|action|pack|rule|tenant|identity)(_|$)/;
/** Properties that match the pattern and contain no reference. */
const NON_REFERENCE_PROPERTIES: ReadonlySet<string> = new Set([
  'owner_type',
  'trigger_params',
  'action_params',
  'trigger_instance_id',
  'runtime_version_constraint',
  'runtime_deps',
  'pack_paths',
  'execution_config',
]);

/** Body properties that look like a reference and are missing in their row: `POST /x names y`. */
export const unlistedBodyReferences = (operations: readonly DocumentedOperation[]): string[] =>
  operations.flatMap(({ route, body }) =>
    body
      .filter(
        (property) =>
          REFERENCE_PATTERN.test(property) &&
          !NON_REFERENCE_NAMES.has(property) &&
          !NON_REFERENCE_PROPERTIES.has(property),
      )
      .filter((property) => !Object.hasOwn(ROUTE_ROWS[route]?.bodyReferences ?? {}, property))
      .map((property) => `${route} names ${property}`),
  );

/** Query parameters that refer to an object or contain a part of its name. */
const QUERY_REFERENCES: Readonly<Record<string, FixtureName>> = {
  action_ref: 'action',
  pack_name: 'pack',
  rule_ref: 'rule',
  trigger_ref: 'trigger',
  pack_ref: 'pack',
  packs: 'pack',
  registry_id: 'packIndex',
  executor: 'identity',
  enforcement: 'enforcement',
  parent: 'runningExecution',
  correlation_id: 'correlation',
  rule: 'ruleId',
  entity_id: 'execution',
  entity_ref: 'action',
  actor_identity: 'identity',
  event: 'event',
  trigger: 'triggerId',
  source: 'sensorId',
  execution: 'execution',
  execution_id: 'execution',
  name: 'pack',
  assigned_to: 'identity',
  owner: 'packId',
  q: 'pack',
  search: 'pack',
  result_contains: 'pack',
  tags: 'pack',
};
/** The text of a search names keys. */
const queryReferencesOf = (route: string): typeof QUERY_REFERENCES =>
  route === 'GET /api/v1/search' ? { q: 'key' } : QUERY_REFERENCES;

/** Query parameters that refer to no object. */
const NEUTRAL_QUERIES: ReadonlySet<string> = new Set([
  ...[
    'page',
    'page_size',
    'per_page',
    'limit',
    'offset',
    'cursor',
    'tail',
    'status',
    'owner_type',
    'include_total',
    'arch',
    'count',
  ],
  ...[
    'scope',
    'type',
    'visibility',
    'top_level_only',
    'executable_with_current_access',
    'include_secret_values',
    'decrypt',
    'force',
    'role',
    'cordoned',
    'health_state',
    ...['enabled', 'is_adhoc', 'search', 'item_key', 'enqueue_source', 'statuses'],
    'mode',
    'operation',
    'changed_field',
    'since',
    'until',
    'hours',
    'include_disabled',
    'category',
    'event_type',
    'outcome',
    'actor_login',
    'resource_type',
    'resource_id',
    'resource_ref', // the audit log says what its own callers have named
    'request_id',
    'http_status',
    'http_method',
    'http_path',
    'created_after',
    'created_before',
  ],
]);

/** Query parameters in neither table: `GET /x?y`. */
export const unlistedQueries = (operations: readonly DocumentedOperation[]): string[] =>
  operations.flatMap(({ route, query }) =>
    query
      .filter((name) => !Object.hasOwn(QUERY_REFERENCES, name) && !NEUTRAL_QUERIES.has(name))
      .map((name) => `${route}?${name}`),
  );

const methodOf = (route: string) => ({ method: route.slice(0, route.indexOf(' ')) });

/** The call with another tenant's object in its path. */
export async function pathCalls(
  { route }: DocumentedOperation,
  foreign: FixtureIds,
  own: FixtureIds,
): Promise<CallPair[]> {
  const row = ROUTE_ROWS[route]!;
  if (row.path === undefined || row.createsByPath) return [];
  const body = await row.body?.(own);
  return [
    callPair(`${route} by path`, foreign[row.path], (name) => ({
      ...methodOf(route),
      path: callPath(route, row, name),
      body,
    })),
  ];
}

/** A valid call with one other tenant's object in its body; one pair for each reference. */
export async function bodyCalls(
  { route }: DocumentedOperation,
  foreign: FixtureIds,
  own: FixtureIds,
): Promise<CallPair[]> {
  const row = ROUTE_ROWS[route]!;
  const path = callPath(route, row, row.path === undefined ? null : own[row.path]);
  const names = Object.entries(row.bodyReferences ?? {});
  const pairs = names.map(async ([property, named]): Promise<CallPair[]> => {
    if (named === null) return [];
    const { fixture, companions } = typeof named === 'string' ? { fixture: named, companions: {} } : named;
    const body = Object.entries({ ...(await row.body?.(own)) }).filter(([name]) => name !== replacedProperty(property));
    const propertyValue = (name: string | number) => (/_(refs|types)$/.test(property) ? [name] : name);
    const call = (name: string | number) => ({
      ...methodOf(route),
      path,
      body: { ...Object.fromEntries(body), ...companions, [property]: propertyValue(name) },
    });
    return [callPair(`${route} naming ${property}`, foreign[fixture], call)];
  });
  return (await Promise.all(pairs)).flat();
}

/** An event refers to its trigger by one of two properties. */
const replacedProperty = (property: string): string => (property === 'trigger_type' ? 'trigger_ref' : property);

/** A list filtered by another tenant's object. */
export function filterCalls({ route, query }: DocumentedOperation, foreign: FixtureIds, own: FixtureIds): CallPair[] {
  const row = ROUTE_ROWS[route]!;
  const path = row.path === undefined ? null : own[row.path];
  return query
    .filter((name) => Object.hasOwn(QUERY_REFERENCES, name))
    .map((name) =>
      callPair(`${route}?${name}`, foreign[queryReferencesOf(route)[name]!], (value) => ({
        ...methodOf(route),
        path: callPath(route, row, path, { [name]: String(value) }),
      })),
    );
}

function callPair(title: string, named: string | number, call: (name: string | number) => MatrixRequest): CallPair {
  const nonexistent = nonexistentLike(named);
  return {
    title,
    crossTenant: call(named),
    nonexistent: call(nonexistent),
    names: { crossTenant: String(named), nonexistent: String(nonexistent) },
  };
}
