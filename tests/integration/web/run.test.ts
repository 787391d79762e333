import type { Page } from 'playwright-core';
import { withBrowser } from './with-browser';

const browser = withBrowser();

const rowOf = (page: Page, ref: string) => page.getByRole('row').filter({ has: page.getByText(ref, { exact: true }) });

test('an action that runs only as a task is listed, and not offered', async () => {
  const page = await browser.openLoggedIn('/run?q=core.');
  await rowOf(page, 'core.ask').waitFor();

  const kind = rowOf(page, 'core.ask').getByRole('cell', { name: 'action, only as a task of a workflow', exact: true });
  const links = await Promise.all(['core.ask', 'core.echo'].map((ref) => rowOf(page, ref).getByRole('link').count()));

  expect([await kind.count(), ...links]).toEqual([1, 0, 1]);
});

test('the address of an action that runs only as a task has no form', async () => {
  const page = await browser.openLoggedIn('/run/core.ask');
  await page.getByText('It runs only as a task of a workflow.').waitFor();

  expect(await page.getByRole('button', { name: 'Run', exact: true }).count()).toBe(0);
});
