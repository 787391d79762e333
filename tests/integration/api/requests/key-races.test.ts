import type { Key } from '../../../../contract/keys';
import { sized } from '../../../../helpers/sized';
import { withAdmin } from '../with-admin';

const { testApi, send, statusOf } = withAdmin();

const WRITERS = 4;
const INCREMENTS = sized({ ci: 5, full: 25 });
const EXPIRING = sized({ ci: 10, full: 1_000 });
const LIFETIME_MS = 400;
/** Long enough for one request on a busy host, s. */
const EXTENDED_AFTER_SECONDS = 3;
jest.setTimeout(sized({ ci: 120_000, full: 600_000 }));

const create = async (ref: string, more: object): Promise<void> => {
  const payload = { ref, name: ref, owner_type: 'system', value: 0, encrypted: false, ...more };
  expect(await statusOf('POST', '/keys', payload)).toBe(201);
};
const get = (ref: string) => send('GET', `/keys/${ref}`);
const put = (ref: string, payload: object) => send('PUT', `/keys/${ref}`, payload);
const keyOf = (response: { json(): unknown }): Key => (response.json() as { data: Key }).data;

/** Adds one, and tries again from the current version after a conflict. */
async function increment(ref: string): Promise<void> {
  for (;;) {
    const { value, version } = keyOf(await get(ref));
    const { statusCode } = await put(ref, { value: Number(value) + 1, if_version: version });
    if (statusCode === 200) return;
    expect(statusCode).toBe(409);
  }
}

test('DS-04 concurrent increments lose none', async () => {
  await create('races.counter', {});

  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      for (let n = 0; n < INCREMENTS; n++) await increment('races.counter');
    }),
  );

  const total = WRITERS * INCREMENTS;
  expect(keyOf(await get('races.counter'))).toMatchObject({ value: total, version: total + 1 });
});

/** Statuses of reads until well after the expiry, and of one more; a change is listed once. */
async function readThroughExpiry(ref: string): Promise<number[]> {
  const statuses: number[] = [];
  const read = async () => {
    const response = await get(ref);
    if (response.statusCode === 200) expect(keyOf(response).value).toBe('whole');
    if (statuses.at(-1) !== response.statusCode) statuses.push(response.statusCode);
  };
  for (const end = performance.now() + 3 * LIFETIME_MS; performance.now() < end;) await read();
  await read();
  return statuses;
}

test('DS-03 a key is whole until its expiry and absent after it', async () => {
  const refs = Array.from({ length: EXPIRING }, (_, n) => `races.expiring-${n}`);
  for (const ref of refs) await create(ref, { value: 'whole' });
  await testApi().owner.query(
    `update key set expires_at = platform_now() + $1 * interval '1 ms' where ref like 'races.expiring-%'`,
    [LIFETIME_MS],
  );

  const statuses = await Promise.all(refs.map((ref) => readThroughExpiry(ref)));

  // A busy host may first read after the expiry.
  expect(statuses.map(String).filter((changes) => !/^(200,)?404$/.test(changes))).toEqual([]);
});

test('DS-03 a key whose lifetime was extended is not removed', async () => {
  await create('races.extended', { value: 'whole', ttl_seconds: EXTENDED_AFTER_SECONDS });
  const expiry = performance.now() + EXTENDED_AFTER_SECONDS * 1_000;
  const removed = async (): Promise<void> => {
    while (performance.now() < expiry + LIFETIME_MS) await testApi().owner.query('select delete_expired_keys(null)');
  };

  const [extended] = await Promise.all([put('races.extended', { ttl_seconds: 600 }), removed()]);

  expect([extended.statusCode, (await get('races.extended')).statusCode]).toEqual([200, 200]);
});
