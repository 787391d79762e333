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
  await page.reload();
  await page.getByRole('heading', { name: 'Executions' }).waitFor();

  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Log in' }).waitFor();

  await page.reload();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
});
