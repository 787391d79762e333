import { withBrowser } from './with-browser';

const browser = withBrowser();
const VIEWER = { login: 'viewer@example.test', password: 'long-enough-1' };
const REF = 'seen.queue';

beforeAll(async () => {
  const { executions, identities, packs, permissions, queues } = browser.client();
  const { id } = await identities.create(VIEWER);
  await permissions.assign({ identity_id: id, permission_set_ref: 'core.viewer' });
  await packs.create({ ref: 'seen', label: 'Seen', version: '1.0.0', is_standard: true });
  await queues.create({ ref: REF, label: 'Seen', dispatch_action_ref: 'core.noop' });
  await executions.execute({ action_ref: 'core.noop' });
});

test('a reader is offered no change, and no request of the page is rejected', async () => {
  const page = await browser.open('/');
  await page.getByLabel('Login').fill(VIEWER.login);
  await page.getByLabel('Password').fill(VIEWER.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText(VIEWER.login).waitFor();
  const links = await page.getByRole('navigation').getByRole('link').all();
  const paths = await Promise.all(links.map((link) => link.getAttribute('href')));

  const offered: string[] = [];
  for (const path of [...paths, '/packs/seen', `/queues/${REF}`, '/executions/1', '/run/core.noop']) {
    await page.goto(`${browser.platform().url}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const buttons = await page.locator('main').getByRole('button').allTextContents();
    offered.push(...buttons.filter((name) => !/^(copy|← |Next →|Follow|[▾▸])/i.test(name)));
  }

  expect(offered).toEqual([]);
});
