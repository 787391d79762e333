import { createHmac } from 'node:crypto';
import { sealClearWebhookSecrets } from '../../../platform/store/secrets/webhook-secrets';
import { openVault } from '../../../platform/store/secrets/vault';
import { withWebhook } from './with-webhook';

const webhook = withWebhook();
const SECRET = 'a-signature-secret-of-this-test';
const BODY = '{"payload":{"n":1}}';
const signed = { 'x-webhook-signature': createHmac('sha256', SECRET).update(BODY).digest('hex') };
const CONFIG = { hmac: { enabled: true, secret: SECRET, algorithm: 'sha256' } };

const status = async (key: string | null | undefined, headers: Record<string, string> = {}) =>
  (await webhook.post(key, BODY, headers)).statusCode;

/** Tables in which a row contains the text. */
async function tablesWith(text: string): Promise<string[]> {
  const { owner } = webhook.api();
  const { rows } = await owner.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const sql = `select 1 from "${name}" as stored where stored::text like '%' || $1 || '%' limit 1`;
    if ((await owner.query(sql, [text])).rows.length > 0) found.push(name);
  }
  return found;
}

test('DS-06 the secret of a signature is in no table, and is checked', async () => {
  const { ref, webhook_key: key } = await webhook.hook();
  await webhook.dataOf(webhook.send('PUT', `/triggers/${ref}/webhooks/security`, CONFIG));

  expect([await status(key, signed), await status(key)]).toEqual([200, 401]);
  expect(await tablesWith(SECRET)).toEqual([]);
  await webhook.dataOf(webhook.send('POST', `/triggers/${ref}/webhooks/enable`));
  expect(await status(key)).toBe(200);
});

test('a secret that was stored in clear is sealed at the next start', async () => {
  const { owner } = webhook.api();
  const { id, webhook_key: key } = await webhook.hook();
  await owner.query('update trigger set webhook_config = $1 where id = $2', [JSON.stringify(CONFIG, null, 2), id]);
  const before = [await tablesWith(SECRET), await status(key, signed)];

  await sealClearWebhookSecrets(owner, openVault('a secret of the tests'));

  expect(before).toEqual([['trigger'], 200]);
  expect(await tablesWith(SECRET)).toEqual([]);
  expect([await status(key, signed), await status(key)]).toEqual([200, 401]);
});
