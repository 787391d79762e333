import axios from 'axios';
import { Agent, type ClientRequest } from 'node:http';
import { withApi } from '../api/with-api';

const testApi = withApi();
let url: string;
beforeAll(async () => {
  url = await testApi().api.listen({ host: '127.0.0.1', port: 0 });
});

/** More than the server reads before it parses the form. */
const LARGE = 'x'.repeat(1_000_000);
const archive = () => new Blob([LARGE], { type: 'application/gzip' });

const twoArchives = (form: FormData) => [1, 2].forEach(() => form.append('pack', archive(), 'pack.tar.gz'));

const manyFields = (form: FormData) => {
  for (let n = 0; n < 100; n++) form.append(`field${n}`, LARGE.slice(0, 10_000));
};

const noArchive = (form: FormData) => form.append('other', archive(), 'pack.tar.gz');

test.each([
  ['two archives', twoArchives],
  ['too many fields', manyFields],
  ['an archive in another field', noArchive],
])('the connection of a rejected form with %s serves the next request', async (_name, fill) => {
  const form = new FormData();
  fill(form);
  const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { authorization: `Bearer ${testApi().admin}` };
  const client = axios.create({ baseURL: url, httpAgent, headers, validateStatus: null });
  try {
    const rejected = await client.post('/api/v1/packs/upload', form);
    const next = await client.get('/health');

    expect([rejected.status, next.status]).toEqual([400, 200]);
    expect((next.request as ClientRequest).reusedSocket).toBe(true);
  } finally {
    httpAgent.destroy();
  }
});
