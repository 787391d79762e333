import { overflow, violations } from './accessibility';
import { withBrowser, type View } from './with-browser';

const browser = withBrowser();

const VIEWS: readonly View[] = [
  { width: 1_280, theme: 'light' },
  { width: 400, theme: 'dark' },
];
const PAGES = [
  '/executions',
  '/run',
  '/run/core.echo',
  '/rules',
  '/events',
  '/timers',
  '/inquiries',
  '/packs',
  '/packs/core',
  '/workers',
  '/queues',
  '/no-such-page',
];

test.each(VIEWS)('the log-in at $width px, $theme, has no fault of accessibility', async (view) => {
  const page = await browser.open('/', view);
  await page.getByRole('button', { name: 'Log in' }).waitFor();

  expect([await violations(page), await overflow(page)]).toEqual([[], 0]);
});

test.each(VIEWS)('each page at $width px, $theme, has no fault of accessibility', async (view) => {
  const page = await browser.openLoggedIn('/', view);
  const found: unknown[] = [];
  for (const path of PAGES) {
    await page.goto(`${browser.platform().url}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    found.push([path, await violations(page), await overflow(page)]);
  }

  expect(found).toEqual(PAGES.map((path) => [path, [], 0]));
});
