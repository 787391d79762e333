import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { withApi } from '../api/with-api';
import { writeFiles } from './pack-source';

const testApi = withApi();

test.each(['register', 'install', 'register-batch'])(
  '%s names no file of a directory that is no pack',
  async (route) => {
    const directory = writeFiles(join(testApi().scratch, `start-${route}`), { 'secrets/of-the-operator.txt': '' });
    symlinkSync('of-the-operator.txt', join(directory, 'secrets/link-of-the-operator'));
    const payload = { path: directory, source: directory, pack_paths: [directory] };

    const { body } = await testApi().call('POST', `/packs/${route}`, payload);

    expect(body).toContain('the pack has no pack.yaml');
    expect(body).not.toContain('of-the-operator');
  },
);
