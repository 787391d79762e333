import type { Page } from 'playwright-core';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { withBrowser } from './with-browser';

const browser = withBrowser();
const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

beforeAll(async () => {
  const { actions, packs, triggers } = browser.client();
  await packs.create({ ref: 'odd', label: 'Odd', version: '1.0.0' });
  const odd = (ref: string) => ({ ref, pack_ref: 'odd', label: ref });
  await triggers.create(odd('odd.pushed'));
  const param_schema = { branch: { type: 'string', required: true }, count: { type: 'integer', default: 1 } };
  await actions.create({ ...odd('odd.build'), runtime_ref: 'core.shell', entrypoint: 'true', param_schema });
});

test('a webhook is enabled, gets a new address, and is disabled', async () => {
  const { triggers } = browser.client();
  const page = await browser.openLoggedIn('/triggers/odd.pushed');
  await page.getByText('It is off: no request from outside').waitFor();
  const shown = page.getByRole('region', { name: 'Webhook' }).locator('code');

  await press(page, 'Enable the webhook');
  await page.getByText('The webhook is enabled.').waitFor();
  await shown.waitFor();
  const first = await shown.textContent();
  const { webhook_key: key } = await triggers.get('odd.pushed');
  expect(first).toBe(`${browser.platform().url}/api/v1/webhooks/${key}`);

  await press(page, 'New address');
  await page.getByText('The earlier address is closed.').waitFor();
  await shown.filter({ hasNotText: key! }).waitFor();
  const second = await shown.textContent();
  const post = async (url: string): Promise<number> =>
    (await fetch(url, { method: 'POST', body: '{"payload": {}}' })).status;
  expect([await post(first!), await post(second!)]).toEqual([404, 200]);

  await press(page, 'Disable the webhook');
  await page.getByText('It is off: no request from outside').waitFor();
  expect([await shown.count(), await post(second!)]).toEqual([0, 404]);
});

test('a rule is created by forms of its trigger and action, and fires', async () => {
  const { executions, rules, webhooks } = browser.client();
  const page = await browser.openLoggedIn('/triggers/odd.pushed');
  await page.getByRole('link', { name: 'New rule' }).click();
  await page.getByText('Choose what the rule waits for').waitFor();
  await page.getByLabel('Action or workflow').fill('odd.build');
  await page.getByRole('heading', { name: 'Parameters of odd.build' }).waitFor();

  await press(page, 'Create');
  expect(await page.getByText('is required').count()).toBe(2);
  await page.getByLabel('ref', { exact: true }).and(page.locator(':focus')).waitFor();
  await page.getByLabel('ref', { exact: true }).fill('odd.on_push');
  await page.getByLabel('conditions', { exact: true }).fill('[{"field": "env", "operator": "equal", "value": "prod"}]');
  await page.getByLabel('branch', { exact: true }).fill('{{ event.payload.ref }}');
  await page.getByLabel('count', { exact: true }).fill('{{ event.payload.n }}');
  await press(page, 'Create');
  await page.getByText("Did you mean 'equals'?").waitFor();
  await page
    .getByLabel('conditions', { exact: true })
    .fill('[{"field": "env", "operator": "equals", "value": "prod"}]');
  await press(page, 'Create');
  await page.waitForURL((url) => url.pathname === '/rules/odd.on_push');
  await page.getByRole('switch', { name: 'odd.on_push enabled' }).waitFor();

  const { pack_ref, label, trigger_ref, action_ref, action_params, conditions } = await rules.get('odd.on_push');
  expect({ pack_ref, label, trigger_ref, action_ref, action_params, conditions }).toEqual({
    pack_ref: 'odd',
    label: 'odd.on_push',
    trigger_ref: 'odd.pushed',
    action_ref: 'odd.build',
    action_params: { branch: '{{ event.payload.ref }}', count: '{{ event.payload.n }}' },
    conditions: [{ field: 'env', operator: 'equals', value: 'prod' }],
  });
  await webhooks.fire('odd.pushed', { env: 'prod', ref: 'main', n: 3 });
  const started = await until(
    {
      name: 'the rule to start an execution',
      check: async () => {
        const [execution] = await executions.list({ rule_ref: 'odd.on_push' });
        return execution ? { is: 'met', value: execution } : { is: 'pending', why: 'none' };
      },
    },
    livenessDeadline(),
  );
  expect((await executions.get(started.id)).config).toEqual({ branch: 'main', count: 3 });
  expect(browser.takeFaults()).toEqual(['422 /api/v1/rules']);
});

test('a rule is changed without what is left as it is, and deleted', async () => {
  const { actions, rules } = browser.client();
  const param_schema = {
    env: { type: 'string', enum: ['test', 'prod'] },
    token: { type: 'string', secret: true, required: true },
    count: { type: 'integer', default: 1 },
  };
  await actions.create({
    ref: 'odd.deploy',
    pack_ref: 'odd',
    label: 'deploy',
    runtime_ref: 'core.shell',
    entrypoint: 'true',
    param_schema,
  });
  await rules.create({
    ref: 'odd.on_tag',
    pack_ref: 'odd',
    label: 'On tag',
    trigger_ref: 'odd.pushed',
    action_ref: 'odd.deploy',
    conditions: [{ field: 'env', operator: 'equals', value: 'prod' }],
    action_params: { env: '{{ event.payload.env }}', token: 'hidden-token' },
  });
  const before = await rules.get('odd.on_tag');
  const page = await browser.openLoggedIn('/rules/odd.on_tag');

  await press(page, 'Change');
  await page.getByText('empty: the present value, which is secret').waitFor();
  expect(await page.getByLabel('env', { exact: true }).inputValue()).toBe('{{ event.payload.env }}');
  expect(await page.getByLabel('token', { exact: true }).inputValue()).toBe('');
  await page.getByLabel('count', { exact: true }).fill('{{ event.payload.n }}');
  await press(page, 'Save');
  await page.getByText('odd.on_tag is changed.').waitFor();

  const changed = await rules.get('odd.on_tag');
  expect({ ...changed, updated: before.updated }).toEqual({
    ...before,
    action_params: { ...before.action_params, count: '{{ event.payload.n }}' },
  });
  await press(page, 'Change');
  await page.getByLabel('label', { exact: true }).fill('');
  await page.getByLabel('conditions', { exact: true }).fill('');
  await press(page, 'Save');
  await page.getByRole('form', { name: 'Change odd.on_tag' }).waitFor({ state: 'detached' });
  const last = await rules.get('odd.on_tag');
  expect({ ...last, updated: changed.updated }).toEqual({
    ...changed,
    label: 'odd.on_tag',
    description: '',
    conditions: [],
  });

  await page.getByText('Delete', { exact: true }).click();
  await press(page, 'Delete the rule');
  await page.waitForURL((url) => url.pathname === '/rules');
  expect((await rules.list()).map(({ ref }) => ref)).not.toContain('odd.on_tag');
});

test('what a timer would reject is beside the parameters of the trigger', async () => {
  const page = await browser.openLoggedIn('/rules/new?trigger=core.crontimer&action=odd.build');
  await page.getByLabel('ref', { exact: true }).fill('odd.nightly');
  await page.getByLabel('expression', { exact: true }).fill('0 9 * *');
  await page.getByLabel('branch', { exact: true }).fill('main');
  await press(page, 'Create');

  await page.getByRole('alert').getByText('expression has six fields, seconds first').waitFor();
  expect(browser.takeFaults()).toEqual(['422 /api/v1/rules']);
});
