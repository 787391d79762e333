import type { Api } from '../../../platform/api/http/context';
import { buildApi } from '../../../platform/api/http/server';
import { ROUTES } from '../../../platform/api/routes';
import { contextWithoutDatabase } from './context-without-database';

const names: string[] = [];
const recordNames = (scope: Api): void => {
  names.push(scope.pluginName);
  scope.addHook('onRegister', (nested) => {
    names.push(nested.pluginName);
  });
};
const api = buildApi(contextWithoutDatabase, [recordNames, ...ROUTES]);
beforeAll(async () => api.ready());
afterAll(() => api.close());

test('every scope of the API has the name of its plugin', () => {
  expect(names.sort()).toEqual(['artifact-uploads', 'internal-files', 'pack-upload', 'routes', 'webhooks']);
});
