import { join } from 'node:path';
import type { Client } from '../../../helpers/client/client';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { readyPlatform, spawnCli, stopCli } from '../embedded/cli-process';
import { withPrivateBase } from '../embedded/holder-process';

const base = withPrivateBase();

const ALLOWED = '203.0.113.7';

/** A webhook that takes calls from one address of elsewhere. Returns its path. */
async function createWebhook(client: Client): Promise<string> {
  await client.packs.create({ ref: 'demo', label: 'demo', version: '1.0.0' });
  const { ref } = await client.triggers.create({ ref: 'demo.hook', pack_ref: 'demo', label: 'hook' });
  const { webhook_key: key } = await client.triggers.enableWebhook(ref);
  await client.triggers.secureWebhook(ref, { ip_whitelist: { enabled: true, ips: [ALLOWED] } });
  return `/api/v1/webhooks/${key}`;
}

const CALL = {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-forwarded-for': ALLOWED },
  body: '{"payload":1}',
};

/** The status that a program is answered at each of these URLs, or the code of its error. */
async function statusesOfProgram(client: Client, urls: readonly string[]): Promise<string> {
  const program = `Promise.all(process.argv.slice(1).map((url) => fetch(url, ${JSON.stringify(CALL)})
    .then(({ status }) => status, ({ cause }) => cause.code))).then((all) => console.log(all.join(", ")))`;
  const entrypoint = `exec '${process.execPath}' -e '${program}' -- ${urls.map((url) => `"${url}"`).join(' ')}`;
  await client.actions.create({
    ref: 'demo.call',
    pack_ref: 'demo',
    label: 'call',
    runtime_ref: 'core.shell',
    entrypoint,
  });
  const { id } = await client.executions.execute({ action_ref: 'demo.call' });
  const { result } = await until(executionToBe('completed', client, id), livenessDeadline());
  return (result as { stdout: string }).stdout.trim();
}

/** Calls the webhook as a proxy of this host, and as a program, at both URLs of the API. */
async function statuses(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const settings = { PLATFORM_ISOLATION: 'required', PLATFORM_TRUSTED_PROXIES: '127.0.0.1', ...env };
  const cli = spawnCli(['up', '--port', '0', '--json', ...args], settings);
  try {
    const { platform: running, client } = await readyPlatform(cli);
    const path = await createWebhook(client);
    const proxy = await fetch(`${running.url}${path}`, CALL);
    const program = await statusesOfProgram(client, [`$ATTUNE_API_URL${path}`, `${running.url}${path}`]);
    return { proxy: proxy.status, program };
  } finally {
    await stopCli(cli);
  }
}

test('WH-06 a program in api-only is not taken for a proxy of its host', async () => {
  expect(await statuses({ PLATFORM_ACTION_NETWORK: 'api-only' })).toEqual({ proxy: 200, program: '403, ECONNREFUSED' });
});

/** The kernel decides on connections of a control group, if root asks. */
const testClosed = process.getuid!() === 0 ? test : test.skip;

testClosed('WH-06 nor is one in the network full whose loopback is closed', async () => {
  const data = ['--data', join(base.path, 'data')];

  expect(await statuses({}, data)).toEqual({ proxy: 200, program: '403, EPERM' });
});

test('WH-06 no program is taken for a proxy at the URL that it is given', async () => {
  const { proxy, program } = await statuses({ PLATFORM_ACTION_LOOPBACK: 'open' });

  expect([proxy, program.split(', ')[0]]).toEqual([200, '403']);
});

test('WH-06 without a trusted proxy, no header is believed from this host', async () => {
  const found = await statuses({ PLATFORM_TRUSTED_PROXIES: 'none', PLATFORM_ACTION_NETWORK: 'api-only' });

  expect(found).toEqual({ proxy: 403, program: '403, 403' });
});
