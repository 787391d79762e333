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

test.each([
  ['/rules', 'There is no rule yet: a pack brings them.', '?set=enabled', 'No rule matches.'],
  ['/events', 'There is no event yet: triggers and timers make them.', '?rule_ref=x.y', 'No event matches.'],
  ['/queues', 'There is no queue yet: a pack brings them.', '?search=x', 'No queue matches.'],
])('%s says that it is empty, and of a filter that nothing matches', async (path, empty, filter, unmatched) => {
  const page = await browser.openLoggedIn('/');
  await page.goto(`${browser.platform().url}${path}`);
  await page.getByText(empty, { exact: true }).waitFor();

  await page.goto(`${browser.platform().url}${path}${filter}`);

  await page.getByText(unmatched, { exact: true }).waitFor();
});
