import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { repositoryRoot } from '../../../helpers/repository-root';
import { violations } from './accessibility';
import { withBrowser } from './with-browser';

const browser = withBrowser();
const DEMO = resolve(repositoryRoot(), 'packs/demo');

const waitForGraph = (page: Page, text: string) =>
  page.getByRole('img', { name: text, exact: true }).waitFor({ state: 'attached' });

/** Moves the focus with Tab to an element, as a user without a mouse. */
async function tabTo(page: Page, name: string): Promise<void> {
  const FOCUSED = 'document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? ""';
  for (let n = 0; n < 60; n++) {
    if ((await page.evaluate<string>(FOCUSED)).trim().startsWith(name)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no Tab leads to ${name}`);
}

test('a release is approved, fails at a later task, and runs again from there', async () => {
  const page = await browser.openLoggedIn('/packs');
  await page.getByText('Add a pack').click();
  await page.getByLabel("Directory on the platform's host").fill(DEMO);
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText("demo 1.0.0: Pack 'demo' registered").waitFor();
  await page.getByRole('link', { name: 'Show demo' }).click();
  await page.getByRole('link', { name: 'demo.release' }).click();
  await page.getByLabel('version').fill('2.0.0');
  await page.getByRole('button', { name: 'Run', exact: true }).click();

  await waitForGraph(
    page,
    'test completed; build completed; approve running; deploy not started; announce not started',
  );
  await page.getByRole('link', { name: /respond to inquiry/ }).click();
  await page.getByLabel('approved').selectOption('true');
  await page.getByLabel('remark').fill('go');
  await page.getByRole('button', { name: 'Respond' }).click();
  await page.getByText(/^The response to inquiry \d+ was sent\.$/).waitFor();
  await page.goBack();

  await waitForGraph(page, 'test completed; build completed; approve completed; deploy failed; announce not started');
  await page.getByText('4 copies of 2.0.0 need 4 hosts, and 3 are free: alder, birch, cedar').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Run again from deploy' }).click();
  await page.getByLabel('with other parameters').check();
  await page.getByLabel('copies').fill('3');
  await page.getByRole('dialog').getByRole('button', { name: 'Run again' }).click();

  await page.getByText('runs on alder, birch, cedar').first().waitFor();
  await page.getByText('2.0.0 runs on alder, birch, cedar').first().waitFor();
  await waitForGraph(
    page,
    'test taken over; build taken over; approve taken over; deploy completed; announce completed',
  );
});

test('an inquiry is answered by the keyboard alone', async () => {
  const { executions, packs } = browser.client();
  await packs.register({ path: DEMO, force: true, skip_tests: true });
  const { id } = await executions.execute({ action_ref: 'demo.release', parameters: { version: '3.0.0', copies: 1 } });
  const page = await browser.open('/inquiries');

  await page.getByLabel('Login').and(page.locator(':focus')).waitFor();
  await page.keyboard.type(browser.platform().login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(browser.platform().password!);
  await page.keyboard.press('Enter');
  await page.getByText('Release 3.0.0?').first().waitFor();
  await tabTo(page, 'Release 3.0.0?');
  await page.keyboard.press('Enter');
  await page.getByLabel('approved').waitFor();
  await tabTo(page, 'approved');
  await page.keyboard.type('true');
  await tabTo(page, 'Respond');
  await page.keyboard.press('Enter');
  await page.getByText(/^The response to inquiry \d+ was sent\.$/).waitFor();

  await page.goto(`${browser.platform().url}/executions/${id}`);
  await page.getByText('3.0.0 runs on alder').first().waitFor();
});
