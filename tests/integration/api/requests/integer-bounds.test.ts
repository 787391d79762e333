import { withApi } from '../with-api';

const testApi = withApi();

test.each([
  ['/api/v1/executions/execute', '"action_ref": "core.echo", "artifact_retention_limit"'],
  [
    '/api/v1/keys',
    '"owner_type": "identity", "name": "n", "ref": "n", "value": "v", "encrypted": false, "owner_identity"',
  ],
  ['/api/v1/permissions/assignments', '"permission_set_ref": "core.viewer", "identity_id"'],
])('IN-05 an integer of 1e308 is rejected by %s', async (url, members) => {
  const payload = `{${members}: 1e308}`;
  const response = await testApi().send(
    { method: 'POST', url, payload, headers: { 'content-type': 'application/json' } },
    testApi().admin,
  );

  expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([422, 'VALIDATION_ERROR']);
});
