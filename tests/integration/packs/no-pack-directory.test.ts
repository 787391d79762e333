import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { startPacksTestApi, writeFiles, type PacksTestApi } from './packs-test-api';

let testApi: PacksTestApi;
beforeAll(async () => {
  testApi = await startPacksTestApi();
});
afterAll(() => testApi.close());

test.each(['register', 'install', 'register-batch'])(
  '%s names no file of a directory that is no pack',
  async (route) => {
    const directory = writeFiles(join(testApi.scratch, `start-${route}`), { 'secrets/of-the-operator.txt': '' });
    symlinkSync('of-the-operator.txt', join(directory, 'secrets/link-of-the-operator'));
    const payload = { path: directory, source: directory, pack_paths: [directory] };

    const { body } = await testApi.send({ method: 'POST', url: `/api/v1/packs/${route}`, payload }, testApi.admin);

    expect(body).toContain('the pack has no pack.yaml');
    expect(body).not.toContain('of-the-operator');
  },
);
