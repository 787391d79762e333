import type { Page } from 'playwright-core';
import { logIn } from '../../../helpers/client/client';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { withBrowser } from './with-browser';

const browser = withBrowser();
const OTHER = { login: 'other@example.test', password: 'long-enough-1' };

/** Executions by what they are for the filters. */
let ids: {
  flow: number;
  task: number;
  fired: number;
  enforcement: number;
  own: number;
  other: number;
  otherId: number;
};
beforeAll(async () => {
  const { enforcements, executions, identities, packs, permissions, rules, triggers, webhooks, workflows } =
    browser.client();
  const { id: otherId } = await identities.create(OTHER);
  await permissions.assign({ identity_id: otherId, permission_set_ref: 'core.executor' });
  await packs.create({ ref: 'odd', label: 'Odd', version: '1.0.0' });
  const definition = { tasks: [{ name: 'only', action: 'core.noop' }] };
  await workflows.create({ ref: 'odd.flow', pack_ref: 'odd', label: 'Flow', version: '1.0.0', definition });
  await triggers.create({ ref: 'odd.trigger', pack_ref: 'odd', label: 'Trigger' });
  const then = { trigger_ref: 'odd.trigger', action_ref: 'core.noop' };
  await rules.create({ ref: 'odd.rule', pack_ref: 'odd', label: 'Rule', ...then });
  const start = async (action_ref: string, parameters = {}, client = browser.client()): Promise<number> =>
    (await client.executions.execute({ action_ref, parameters })).id;
  const flow = await start('odd.flow');
  const own = await start('core.echo', { message: 'needle' });
  const { client } = await logIn({ baseUrl: browser.platform().url }, OTHER.login, OTHER.password);
  const other = await start('core.echo', { message: 'straw' }, client);
  await webhooks.fire('odd.trigger', {});
  ids = await until(
    {
      name: 'all executions to end',
      check: async () => {
        const all = await executions.list({});
        const task = all.find(({ parent }) => parent === flow)?.id;
        const fired = all.find(({ rule_ref: rule }) => rule === 'odd.rule')?.id;
        const [enforcement] = await enforcements.list({ rule_ref: 'odd.rule' });
        if (!task || !fired || !enforcement || all.some(({ status }) => status !== 'completed'))
          return { is: 'pending', why: all.map(({ id, status }) => `${id} ${status}`).join() };
        return { is: 'met', value: { flow, task, fired, enforcement: enforcement.id, own, other, otherId } };
      },
    },
    livenessDeadline(),
  );
});

const shownIds = async (page: Page): Promise<number[]> =>
  (await page.locator('table.list tbody td:first-child a').allTextContents()).map(Number);

test.each([
  ['parent', "Id of the workflow's execution", () => ids.flow, () => ids.task],
  ['enforcement', 'Id of the enforcement', () => ids.enforcement, () => ids.fired],
  ['executor', 'Id of who requested it', () => ids.otherId, () => ids.other],
  ['result_contains', 'Text in the result', () => 'needle', () => ids.own],
])('the list is filtered by %s, also by its address', async (name, label, valueOf, foundOf) => {
  const value = String(valueOf());
  const page = await browser.openLoggedIn('/executions');
  await page.getByRole('link', { name: String(ids.own), exact: true }).waitFor();
  expect((await shownIds(page)).length).toBeGreaterThan(1);

  await page.getByText('More filters').click();
  await page.getByLabel(label).fill(value);
  await page.waitForURL(`**/executions?${name}=${value}`);
  const untilFiltered = async (): Promise<number[]> => {
    await page.locator('table.list tbody tr').nth(1).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: String(foundOf()), exact: true }).waitFor();
    return shownIds(page);
  };
  expect(await untilFiltered()).toEqual([foundOf()]);

  await page.reload();
  expect(await untilFiltered()).toEqual([foundOf()]);
  expect(await page.getByLabel(label).inputValue()).toBe(value);
  expect(await page.getByLabel(label).isVisible()).toBe(true);
});

test('who may not read every execution is not offered to search in results', async () => {
  const plain = { login: 'plain@example.test', password: 'long-enough-1' };
  await browser.client().identities.create(plain);
  const page = await browser.open('/executions');
  await page.getByLabel('Login').fill(plain.login);
  await page.getByLabel('Password').fill(plain.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('More filters').click();

  const labels = await page.locator('details.more label').allTextContents();

  expect(labels).toEqual(["Id of the workflow's execution", 'Id of the enforcement', 'Correlation']);
});

test('a rerun is marked by what it runs again', async () => {
  const { id } = await browser.client().executions.rerun(ids.flow, { from: 'only' });
  const page = await browser.openLoggedIn('/executions');
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: String(id), exact: true }) });

  await row.getByText(`again: ${ids.flow}, from only`, { exact: true }).waitFor();
});

test('the instants of a reason to wait are in the time of the browser', async () => {
  const { actions, executions } = browser.client();
  const program = { runtime_ref: 'core.shell', entrypoint: 'sleep 300', timeout_seconds: 300 };
  await actions.create({ ref: 'odd.sleep', pack_ref: 'odd', label: 'Sleep', ...program });
  const { id } = await executions.execute({ action_ref: 'odd.sleep' });
  const page = await browser.openLoggedIn(`/executions/${id}`);
  const reason = page.locator('ol.reasons li').filter({ hasText: 'which the limit of the action, 300 s, ends at' });
  await reason.waitFor();

  expect(await reason.textContent()).not.toMatch(/\d{4}-\d\d-\d\dT/);
  expect(await reason.locator('time').count()).toBe(3); // the end in the text, since and until
  await executions.cancel(id);
});
