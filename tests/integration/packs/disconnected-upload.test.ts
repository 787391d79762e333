import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../helpers/scenario/polling';
import { withApi } from '../api/with-api';
import { livenessDeadline } from '../liveness';
import { testDirectory } from '../../test-directory';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';

const scratch = testDirectory();
const running = join(scratch, 'running');
const program = join(scratch, 'program.cjs');

const testApi = withApi({ program: { path: program, modules: '' } });
beforeAll(() => {
  // In place of the program that unpacks: it never ends by itself.
  writeFileSync(program, `require('fs').writeFileSync(${JSON.stringify(running)}, ''); setInterval(() => {}, 1000);`);
});

const stagedFiles = () => {
  const home = join(testApi().packsDirectory, '1');
  return existsSync(home) ? readdirSync(home).filter((name) => name.startsWith('.upload-')) : [];
};

test('PK-03 an upload ends when its client disconnects', async () => {
  const url = await testApi().api.listen({ host: '127.0.0.1', port: 0 });
  const form = new FormData();
  form.append('pack', new Blob(['archive']), 'pack.tar.gz');
  const client = new AbortController();
  const headers = { authorization: `Bearer ${testApi().admin}` };

  const response = fetch(`${url}/api/v1/packs/upload`, { method: 'POST', headers, body: form, signal: client.signal });
  const failed = response.catch((error: unknown) => error);
  await until(
    predicateToHold('the archive to be unpacked', () => existsSync(running)),
    livenessDeadline(),
  );
  expect(stagedFiles()).toHaveLength(1);
  client.abort();

  expect(await failed).toMatchObject({ name: 'AbortError' });
  await until(
    predicateToHold('the upload to be removed', () => stagedFiles().length === 0),
    livenessDeadline(),
  );
});
