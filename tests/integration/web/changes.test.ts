import type { Page } from 'playwright-core';
import { dirSync } from 'tmp';
import { uploadFixture } from '../../../helpers/fixtures/fixture-pack';
import { withBrowser } from './with-browser';

const browser = withBrowser();
const { name: scratch, removeCallback } = dirSync({ unsafeCleanup: true });
afterAll(() => removeCallback());

beforeAll(async () => {
  const { actions, packs, queues, rules, triggers, workflows } = browser.client();
  await packs.create({ ref: 'odd', label: 'Odd', version: '1.0.0' });
  const odd = (ref: string) => ({ ref, pack_ref: 'odd', label: ref });
  const ask = { tasks: [{ name: 'ask', action: 'core.ask' }] };
  await workflows.create({ ...odd('odd.ask'), version: '1.0.0', definition: ask });
  const entrypoint = 'for n in $(seq 3000); do echo "line $n."; sleep 0.1; done';
  await actions.create({ ...odd('odd.lines'), runtime_ref: 'core.shell', entrypoint });
  await triggers.create(odd('odd.trigger'));
  const conditions = [{ field: 'env', operator: 'equals', value: 'prod' }];
  await rules.create({ ...odd('odd.rule'), trigger_ref: 'odd.trigger', action_ref: 'core.noop', conditions });
  const schedule = { trigger_ref: 'core.crontimer', trigger_params: { expression: '0 0 12 * * *' } };
  await rules.create({ ...odd('odd.timer'), ...schedule, action_ref: 'core.noop' });
  await queues.create({ ref: 'odd.queue', label: 'Queue', dispatch_action_ref: 'core.noop', enabled: false });
});

/** Opens a page whose load would end the test: what it shows from now on has come by itself. */
async function open(path: string): Promise<Page> {
  const page = await browser.openLoggedIn(path);
  await page.getByText('● live').waitFor();
  await page.evaluate('window.isFirst = true');
  return page;
}

const isStill = (page: Page): Promise<boolean> => page.evaluate('window.isFirst === true');
const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const start = async (action_ref: string, parameters = {}): Promise<number> =>
  (await browser.client().executions.execute({ action_ref, parameters })).id;
const status = async (id: number): Promise<string> => (await browser.client().executions.get(id)).status;
const titleStatus = (page: Page, text: string): Promise<void> =>
  page
    .locator('.title-status .status')
    .filter({ hasText: new RegExp(`^\\S+ ${text}$`) })
    .waitFor();

test('a workflow is paused, resumed and cancelled', async () => {
  const id = await start('odd.ask');
  const page = await open(`/executions/${id}`);

  await press(page, 'Pause');
  await titleStatus(page, 'paused');
  expect([await status(id), await page.getByRole('button', { name: 'Pause' }).count()]).toEqual(['paused', 0]);
  expect(await page.getByText('was requested').count()).toBe(0); // the status says it now
  await press(page, 'Resume');
  await titleStatus(page, 'running');
  expect(await status(id)).toBe('running');
  await press(page, 'Cancel');
  await titleStatus(page, 'cancelled');

  expect([await status(id), await page.getByRole('button', { name: 'Cancel' }).count()]).toEqual(['cancelled', 0]);
  expect(await isStill(page)).toBe(true);
});

test('the log of a program grows until it is cancelled', async () => {
  const id = await start('odd.lines');
  const page = await open(`/executions/${id}`);
  const log = page.getByRole('region', { name: 'stdout' });

  for (const line of ['line 1.', 'line 15.', 'line 30.']) await log.getByText(line).waitFor();
  expect(await status(id)).toBe('running');
  await press(page, 'Cancel');
  await titleStatus(page, 'cancelled');
  await page.getByText('● live').nth(1).waitFor({ state: 'detached' });

  const lines = (await log.textContent())!.trimEnd().split('\n');
  expect(lines).toEqual(lines.map((_, n) => `line ${n + 1}.`));
  expect(await isStill(page)).toBe(true);
});

test('an execution runs again with the same parameters', async () => {
  const id = await start('core.echo', { message: 'the same' });
  const page = await open(`/executions/${id}`);

  await page.getByRole('link', { name: 'Run again' }).click();
  await page.getByText('The parameters are those of').waitFor();
  await press(page, 'Run');
  await page.waitForURL((url) => /^\/executions\/\d+$/.test(url.pathname) && !url.pathname.endsWith(`/${id}`));
  await titleStatus(page, 'completed');

  const again = Number(page.url().split('/').at(-1));
  const { action_ref, config } = await browser.client().executions.get(again);
  expect({ action_ref, config }).toEqual({ action_ref: 'core.echo', config: { message: 'the same' } });
  expect(await isStill(page)).toBe(true);
});

test('a rule shows each decision as it is made, and is switched off and on', async () => {
  const { rules, webhooks } = browser.client();
  const page = await open('/rules/odd.rule');
  await page.getByText('Its trigger has no event.').waitFor();

  const { event_id: fired } = await webhooks.fire('odd.trigger', { env: 'prod' });
  const { event_id: not } = await webhooks.fire('odd.trigger', { env: 'test' });
  const rowOf = (event: number) =>
    page.getByRole('row').filter({ has: page.getByRole('link', { name: String(event), exact: true }) });
  await rowOf(fired).filter({ hasText: 'fired' }).locator('td').last().getByRole('link').waitFor();
  await rowOf(not).filter({ hasText: 'criteria false' }).getByText('"test"').waitFor();
  const { items } = await rules.decisions('odd.rule');
  expect(items.map(({ event, decision }) => [event, decision])).toEqual([
    [not, 'criteria_false'],
    [fired, 'fired'],
  ]);

  const rule = page.getByRole('switch', { name: 'odd.rule enabled' });
  for (const isOn of [false, true]) {
    await rule.click();
    await rule.and(page.locator(`[aria-checked=${isOn}]`)).waitFor();
    await page.getByText(`odd.rule is ${isOn ? 'enabled' : 'disabled'}.`).waitFor();
    expect((await rules.get('odd.rule')).enabled).toBe(isOn);
  }
  await rules.disable('odd.rule');
  await rule.and(page.locator('[aria-checked=false]')).waitFor();
  expect(await isStill(page)).toBe(true);
});

test('a timer shows its next ten fires, and none once it is off', async () => {
  const { fires } = await browser.client().rules.fires('odd.timer');
  const page = await open('/timers/odd.timer');
  const shown = page.getByRole('table').locator('td:last-child code');
  await shown.nth(9).waitFor();

  expect([fires.length, await shown.allTextContents()]).toEqual([10, fires]);
  await page.getByRole('switch', { name: 'odd.timer enabled' }).click();
  await page.getByText('None: the timer is off.').waitFor();

  expect((await browser.client().rules.get('odd.timer')).timer_state).toBe('off');
  expect(await isStill(page)).toBe(true);
});

test('a worker is cordoned and uncordoned', async () => {
  const [worker] = await browser.client().workers.list({ role: 'action' });
  const { id, name } = worker!;
  const page = await open('/workers');
  const row = page.getByRole('row').filter({ has: page.getByRole('cell', { name, exact: true }) });

  await row.getByRole('button', { name: `Cordon ${name}` }).click();
  await row.getByText(/^\S+ cordoned$/).waitFor();
  expect((await browser.client().workers.get(id)).cordoned).toBe(true);
  await row.getByRole('button', { name: `Uncordon ${name}` }).click();
  await row.getByText(/^\S+ cordoned$/).waitFor({ state: 'detached' });

  expect((await browser.client().workers.get(id)).cordoned).toBe(false);
  expect(await isStill(page)).toBe(true);
});

test('items of a queue are added, changed, removed, and then dispatched', async () => {
  const { queues } = browser.client();
  const page = await open('/queues/odd.queue');
  await page.getByText('No item matches.').waitFor();

  await page.getByLabel('Payload (JSON)').fill('{"n": 9007199254740993}');
  await press(page, 'Add');
  await page.getByText(/^Item \d+ is in the queue\.$/).waitFor();
  const row = page.getByRole('row').filter({ hasText: '{"n":9007199254740993}' });
  await row.getByText('queued', { exact: true }).waitFor();
  const items = await queues.items('odd.queue');
  expect(items.map(({ payload, status: is }) => ({ payload, is }))).toEqual([
    { payload: { n: 9_007_199_254_740_993n }, is: 'queued' },
  ]);
  await page.getByLabel('Payload (JSON)').fill('{"n": 2}');
  await press(page, 'Add');
  const second = page.getByRole('row').filter({ hasText: '{"n":2}' });
  await second.getByRole('button', { name: 'Change' }).click();
  await page.getByLabel('Payload (JSON)').fill('{"n": 3}');
  await page.getByLabel('Priority').fill('7');
  await press(page, 'Save');
  await page.getByText(/^Item \d+ is changed\.$/).waitFor();
  const third = page.getByRole('row').filter({ hasText: '{"n":3}' });
  await third.getByRole('cell', { name: '7', exact: true }).waitFor();
  const changed = (await queues.items('odd.queue')).map((item) => [item.payload, item.priority]);
  expect(changed).toContainEqual([{ n: 3 }, 7]);
  await third.getByRole('button', { name: 'Remove' }).click();
  await page.getByText(/^Item \d+ is removed\.$/).waitFor();
  await third.waitFor({ state: 'detached' });
  expect(await queues.items('odd.queue')).toHaveLength(1);
  await press(page, 'Dispatch');
  await row.getByText('failed', { exact: true }).waitFor();
  await row.getByText('the output has no queue_ack', { exact: true }).waitFor();
  expect((await queues.item('odd.queue', items[0]!.id)).status).toBe('failed');
  await press(page, 'Reject new items');
  await page.getByRole('button', { name: 'Accept new items' }).waitFor();

  expect((await queues.get('odd.queue')).accepting_new_items).toBe(false);
  expect(await isStill(page)).toBe(true);
});

test('an environment is built, and built again', async () => {
  const { packs } = browser.client();
  const requires = ['e2e-dep==1.0.0'];
  await uploadFixture(browser.client(), 'e2e-python', 'odd-python', scratch, { requires, vendored: true });
  const page = await open('/packs/odd-python');
  const ready = page.locator('summary').filter({ hasText: 'python' }).getByText('ready');
  await ready.waitFor();
  await page.locator('details').filter({ hasText: 'python' }).first().click();
  const built = page.locator('details').filter({ hasText: 'Built' }).locator('time');
  const before = await built.getAttribute('datetime');

  await press(page, 'Build again');
  await page.getByText('The environments are built again.').waitFor();
  await page.locator(`details:has-text("Built") time:not([datetime="${before}"])`).waitFor();
  await ready.waitFor();

  const [environment] = await packs.environments('odd-python');
  expect([environment!.status, environment!.built_at]).toEqual(['ready', await built.getAttribute('datetime')]);
  expect(await isStill(page)).toBe(true);
});
