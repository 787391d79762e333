// The matrix of rights (T3.33) has every route of the OpenAPI document, each with all its callers.
import { ACTIONS_BY_RESOURCE } from '../../../contract/permissions';
import { buildApi } from '../../../platform/api/http/server';
import { ROUTES } from '../../../platform/api/routes';
import { grantGroups } from '../../e2e/support/matrix/grant-cells';
import { parseOperations, type DocumentedOperation } from '../../e2e/support/matrix/openapi-operations';
import { ROUTE_ROWS } from '../../e2e/support/matrix/routes';
import { contextWithoutDatabase } from './context-without-database';

const cells = grantGroups().flatMap((group) => group.cells);
let operations: DocumentedOperation[];

beforeAll(async () => {
  await using api = buildApi(contextWithoutDatabase, ROUTES);
  operations = parseOperations((await api.inject({ url: '/api-spec/openapi.json' })).body);
});

test('every route of the document has a row with the grant that it declares', () => {
  const declared = operations.map(({ route, isPublic, grant }) => [route, isPublic ? 'public' : grant]);
  const rows = Object.entries(ROUTE_ROWS).map(([route, { grant }]) => [route, grant]);

  expect(rows.sort()).toEqual(declared.sort());
});

test('every guarded route is called with its grant, and without it', () => {
  const guarded = operations.filter(({ isPublic }) => !isPublic);
  const callersOf = (route: string) => cells.filter((cell) => cell.route === route).map(({ caller }) => caller);
  const required = ({ route, grant }: DocumentedOperation): string[] => {
    const isOfAgent = ROUTE_ROWS[route]!.takesOwnSecret;
    return ['expired', 'foreign', 'holder', grant === null || isOfAgent ? 'anonymous' : 'others'];
  };

  expect(guarded.length).toBeGreaterThan(150);
  for (const operation of guarded)
    expect([operation.route, callersOf(operation.route)]).toEqual([
      operation.route,
      expect.arrayContaining(required(operation)),
    ]);
});

test('a token of a running action is tried with each grant', () => {
  const called = cells.filter(({ caller }) => caller === 'holderProgram').map(({ route }) => route);
  const grants = new Set(called.map((route) => ROUTE_ROWS[route]!.grant));

  expect(operations.filter(({ grant }) => grant !== null && !grants.has(grant)).map(({ route }) => route)).toEqual([]);
  const refusing = operations.filter(({ isPublic, tokenKinds }) => !isPublic && !tokenKinds.includes('execution'));
  expect(refusing.map(({ route }) => route).filter((route) => !called.includes(route))).toEqual([]);
});

/** Grants of the contract that open no route by themselves, and what they are for. */
const OPEN = 'every caller reads these, as in Attune';
const UNUSED = 'named by the contract; no route of it takes it';
const WITHOUT_ROUTE: Readonly<Record<string, string>> = {
  'actions:read': OPEN,
  'events:read': OPEN,
  'inquiries:read': 'every caller reads these; notifications of assigned ones take it (T3.34)',
  'rules:read': OPEN,
  'triggers:read': OPEN,
  'events:create': 'for events of the triggers of another pack, by a running action',
  'keys:decrypt': 'shows the value of a key that is read anyway (T3.35)',
  'inquiries:respond': 'who may respond follows from the assignment',
  'enforcements:decrypt': UNUSED,
  'executions:create': UNUSED,
  'executions:decrypt': UNUSED,
  'executions:delete': UNUSED,
  'executions:update': UNUSED,
  'packs:update': UNUSED,
  'permissions:create': UNUSED,
  'permissions:delete': UNUSED,
  'permissions:update': UNUSED,
  'queues:execute': UNUSED,
};

test('every grant of the contract opens a route, or has its reason here', () => {
  const required = new Set(operations.map(({ grant }) => grant));
  const grants = Object.entries(ACTIONS_BY_RESOURCE).flatMap(([resource, actions]) =>
    actions.map((action) => `${resource}:${action}`),
  );

  expect(grants.filter((grant) => !required.has(grant)).sort()).toEqual(Object.keys(WITHOUT_ROUTE).sort());
});
