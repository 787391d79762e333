import { buildApi } from '../../../platform/api/http/server';
import { ROUTES } from '../../../platform/api/routes';
import { OPERATIONS } from '../../attune/operations';
import { contextWithoutDatabase } from './context-without-database';

const plain = buildApi({ ...contextWithoutDatabase, extensions: false }, ROUTES);
beforeAll(() => plain.ready());
afterAll(() => plain.close());

const withoutNames = (operation: string): string => operation.replaceAll(/:\w+|\{\w+\}|\*/g, '{}');
const pathOf = (operation: string): string => operation.slice(operation.indexOf(' ') + 1);

/** The pages that describe the API are no operations of it. */
const DESCRIPTIONS = ['GET /docs', 'GET /api-spec/openapi.json'];

/** Its client has no verb for the headers alone. */
const WITHOUT_VERB = ['HEAD /api/v1/internal/files/{}'];
const ofContract = [...new Set([...Object.keys(OPERATIONS).map(withoutNames), ...WITHOUT_VERB])].filter(
  (operation) => !DESCRIPTIONS.includes(operation),
);

test('the contract has 204 operations on 154 paths', () => {
  expect([ofContract.length, new Set(ofContract.map(pathOf)).size]).toEqual([204, 154]);
});

test('each operation of the contract is served', () => {
  const served = new Set(plain.routeTable.map(({ method, url }) => withoutNames(`${method} ${url}`)));

  expect(ofContract.filter((operation) => !served.has(operation))).toEqual([]);
});
