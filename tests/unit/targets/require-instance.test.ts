import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requireInstance } from '../../../helpers/target/require-instance';

/** A platform that states no instance. */
const server = createServer((_, response) => void response.writeHead(404).end());
let url = '';

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

test('a platform that states no instance is that of the file at its address', async () => {
  await expect(requireInstance(url, {}, { url: `${url}/`, instance_id: 'one' })).resolves.toBeUndefined();
});

test('at another address it is not, and the file is named', async () => {
  await expect(requireInstance(url, {}, { url: 'http://127.0.0.1:1', instance_id: 'one' })).rejects.toThrow(
    /^STALE_TARGET: another platform responds .*: instance \(none stated\) instead of one, of PLATFORM_FILE$/,
  );
});
