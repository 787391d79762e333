import type { Page } from 'playwright-core';
import { dirSync } from 'tmp';
import { withBrowser } from './with-browser';

const { name: directory, removeCallback } = dirSync({ unsafeCleanup: true, mode: 0o755 });
afterAll(() => removeCallback());
const browser = withBrowser(['--data', directory]);

test('an execution appears in the list and ends there, without a reload', async () => {
  const page = await browser.openLoggedIn('/executions');
  await page.getByText('● live').waitFor();

  const { id } = await browser.client().executions.execute({ action_ref: 'core.echo', parameters: { message: 'now' } });

  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: String(id), exact: true }) });
  await row.getByText('completed').waitFor();
  expect(await row.getByRole('link').allTextContents()).toEqual([String(id), 'core.echo']);
});

const isList = (url: string): boolean => new URL(url).pathname === '/api/v1/executions';

/** Lets each timer of the page fire that is due soon, and waits for the requests that it sends. */
async function passTimers(page: Page): Promise<void> {
  await page.clock.runFor(2_000);
  await page.evaluate(() => fetch('/health'));
}

test('the list loads once, also where the page has no connection before', async () => {
  const page = await browser.openLoggedIn('/executions');
  await page.clock.install();
  const lists: string[] = [];
  page.on('request', (request) => {
    if (isList(request.url())) lists.push(request.url());
  });

  await page.reload();
  await page.getByText('● live').waitFor();
  await page.getByRole('table').waitFor();
  await passTimers(page);

  expect(lists).toHaveLength(1);
});

test('the list has what changes before it is subscribed to', async () => {
  const page = await browser.openLoggedIn('/executions');
  await page.clock.install();
  const held: (() => void)[] = [];
  await page.routeWebSocket('**/ws', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => void held.push(() => server.send(message)));
  });
  const listed = page.waitForResponse((response) => isList(response.url()));

  await page.reload();
  await page.getByText('● live').waitFor();
  await passTimers(page);
  await listed;
  const { id } = await browser.client().executions.execute({ action_ref: 'core.noop' });
  for (const send of held) send();

  await page.getByRole('link', { name: String(id), exact: true }).waitFor();
});

test('the page shows what happened while the platform was restarted', async () => {
  const page = await browser.openLoggedIn('/executions');
  await page.getByText('● live').waitFor();

  await browser.restart();
  const { id } = await browser.client().executions.execute({ action_ref: 'core.echo', parameters: { message: 'new' } });

  await page.getByText('● live').waitFor();
  await page.getByRole('link', { name: String(id), exact: true }).waitFor();
});

test('a log-in lasts over a reload, and ends with the log-out in each window', async () => {
  const page = await browser.openLoggedIn('/executions');
  const other = await page.context().newPage();
  await other.goto(page.url());
  await page.reload();
  for (const each of [page, other]) await each.getByText('● live').waitFor();
  await other.route('**', (route) => route.abort()); // no request of its own ends it

  await page.getByRole('button', { name: 'Log out' }).click();
  for (const each of [page, other]) await each.getByRole('button', { name: 'Log in' }).waitFor();

  await page.reload();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
});

test('a log-out without a connection forgets the session, and shows that', async () => {
  const page = await browser.openLoggedIn('/executions');
  await page.getByText('● live').waitFor();
  await page.context().setOffline(true);

  await page.getByRole('button', { name: 'Log out' }).click();

  await page.getByText('The page has forgotten the session, but the platform has not ended it').waitFor();
});

test('the address of the log-in shows the first page to who is logged in', async () => {
  const page = await browser.openLoggedIn('/login');

  await page.getByRole('heading', { name: 'Executions' }).waitFor();
});

/** The next request of the packs gets this status. */
const refusePacksOnce = (page: Page) =>
  page.route('**/api/v1/packs?*', (route) => route.fulfill({ status: 401, body: '' }), { times: 1 });

const openPacks = (page: Page): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name: 'Packs' }).click();

test('a request whose token is refused is repeated with a new one', async () => {
  const page = await browser.openLoggedIn('/executions');
  await refusePacksOnce(page);

  await openPacks(page);

  await page.getByRole('link', { name: 'core', exact: true }).waitFor();
  expect(browser.takeFaults()).toEqual(['401 /api/v1/packs']);
});

test('a session is kept while the platform cannot renew it', async () => {
  const page = await browser.openLoggedIn('/executions');
  await refusePacksOnce(page);
  await page.route('**/auth/session/renew', (route) => route.fulfill({ status: 429, body: 'too many' }), { times: 1 });

  await openPacks(page);
  await page.getByRole('alert').getByText('too many').waitFor();

  expect(browser.takeFaults()).toEqual(['401 /api/v1/packs', '429 /auth/session/renew']);
  await page.getByRole('navigation').getByRole('link', { name: 'Executions' }).click();
  await page.getByRole('heading', { name: 'Executions' }).waitFor();
});

test('a session that ended while the platform was away asks for a log-in', async () => {
  const page = await browser.openLoggedIn('/executions');
  await page.getByText('● live').waitFor();
  await page.context().request.delete(new URL('/auth/session', page.url()).href);

  await browser.restart();

  await page.getByRole('button', { name: 'Log in' }).waitFor();
});

test('a page loads again when its session belongs to another user', async () => {
  const page = await browser.openLoggedIn('/executions');
  const credentials = { login: 'second@example.test', password: 'long-enough-1' };
  await browser.client().identities.create(credentials);
  await page.context().request.post(new URL('/auth/session', page.url()).href, { data: credentials });
  await refusePacksOnce(page);

  const reload = page.waitForEvent('load');
  await openPacks(page);
  await reload;

  await page.getByRole('navigation').waitFor();
  expect(browser.takeFaults()).toEqual(['401 /api/v1/packs']);
});
