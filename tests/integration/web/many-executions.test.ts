import { Client } from 'pg';
import { withBrowser } from './with-browser';

const COUNT = 10_000;

const browser = withBrowser();

test('a list of 10,000 executions is paged, and filtered in the address', async () => {
  const owner = new Client(browser.platform().database_url);
  await owner.connect();
  await owner.query(
    `insert into execution (tenant, action_ref, status, released, config)
     select 1, 'many.action_' || n % 100, 'completed', true, '{}' from generate_series(1, $1) n`,
    [COUNT],
  );
  await owner.end();

  const page = await browser.openLoggedIn('/executions');
  await page.getByText('Page 1').waitFor();
  const rows = page.getByRole('row');
  expect(await rows.count()).toBe(51);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('Page 2').waitFor();
  await page.getByLabel('Action or workflow').fill('many.action_7');
  await page.getByText('Page 2').waitFor({ state: 'detached' });

  await page.waitForURL('**/executions?action_ref=many.action_7');
  await page.getByRole('link', { name: 'many.action_7', exact: true }).nth(49).waitFor();
  expect(await page.getByRole('link', { name: 'many.action_7', exact: true }).count()).toBe(50);
  await page.reload();
  await page.getByRole('link', { name: 'many.action_7', exact: true }).nth(49).waitFor();
});
