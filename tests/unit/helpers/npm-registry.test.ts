import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axios from 'axios';
import { extract } from 'tar';
import { installedVersion } from '../../../helpers/fixtures/installed-packages';
import { startNpmRegistry } from '../../../helpers/fixtures/npm-registry';
import { testDirectory } from '../../test-directory';

test('an installed package and its dependencies are served', async () => {
  const source = await startNpmRegistry();
  try {
    const version = installedVersion('axios');
    const { data: described } = await axios.get<{ versions: Record<string, { dist: { tarball: string } }> }>(
      `${source.url}/axios`,
    );
    expect(Object.keys(described.versions)).toEqual([version]);
    expect(source.describe()).toContain('follow-redirects@');

    const { data: archive } = await axios.get<ArrayBuffer>(described.versions[version]!.dist.tarball, {
      responseType: 'arraybuffer',
    });
    const directory = testDirectory();
    writeFileSync(join(directory, 'a.tgz'), Buffer.from(archive));
    mkdirSync(join(directory, 'out'));
    await extract({ file: join(directory, 'a.tgz'), cwd: join(directory, 'out') });
    expect(JSON.parse(readFileSync(join(directory, 'out/package/package.json'), 'utf8'))).toMatchObject({ version });
  } finally {
    await source.close();
  }
});

test('any other package is 404', async () => {
  const source = await startNpmRegistry();
  const { status } = await axios.get(`${source.url}/left-pad`, { validateStatus: null });
  await source.close();
  expect(status).toBe(404);
});
