import { withBrowser } from './with-browser';

const browser = withBrowser([], 'platform.test');

test('a host without HTTPS has the page, without buttons that copy', async () => {
  const { id } = await browser.client().executions.execute({ action_ref: 'core.echo', parameters: { message: 'now' } });
  const page = await browser.openLoggedIn(`/executions/${id}`);

  await page.getByText('completed').first().waitFor();
  await page.getByText('"now"').first().waitFor();

  expect(await page.evaluate('isSecureContext')).toBe(false);
  expect(await page.getByRole('button', { name: /^Copy/ }).count()).toBe(0);
  await page.reload();
  await page.getByRole('navigation').waitFor();
});
