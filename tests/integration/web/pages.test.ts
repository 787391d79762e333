import { ADDRESSES } from '../../../web/platform/routes';
import { missedByKeyboard, overflow, violations } from './accessibility';
import { follow, unfold } from './every-page';
import { fillWorld, type Paths } from './world';
import { withBrowser, type View } from './with-browser';

const browser = withBrowser();

const VIEWS: readonly View[] = [
  { width: 1_280, theme: 'light' },
  { width: 400, theme: 'dark' },
];
/** The paths of a page for each route, and one without a page; the objects have ordinary texts. */
let paths: Paths;
beforeAll(async () => {
  paths = { ...(await fillWorld(browser, (source) => source.replaceAll('-', ' '))), none: '/no-such-page' };
});

test('each route of the page is in the table of what is opened here', () => {
  const routes = Object.keys(paths).map((name) => name.replace(/:.*/, ':one'));

  expect([...new Set(routes)].sort()).toEqual([...ADDRESSES, 'none'].sort());
});

test.each(VIEWS)('the log-in at $width px, $theme, has no fault of accessibility', async (view) => {
  const page = await browser.open('/', view);
  await page.getByRole('button', { name: 'Log in' }).waitFor();

  expect([await violations(page), await overflow(page)]).toEqual([[], 0]);
});

test.each(VIEWS)('each page at $width px, $theme, has no fault of accessibility', async (view) => {
  const page = await browser.openLoggedIn('/', view);
  const found: unknown[] = [];
  for (const [name, path] of Object.entries(paths)) {
    await follow(page, path);
    await unfold(page);
    found.push([name, await violations(page), await overflow(page)]);
  }

  expect(found).toEqual(Object.keys(paths).map((name) => [name, [], 0]));
});

test('the keyboard reaches each control of each page, and shows where it is', async () => {
  const page = await browser.openLoggedIn('/');
  const found: unknown[] = [];
  for (const [name, path] of Object.entries(paths)) {
    await follow(page, path);
    await unfold(page);
    found.push([name, await missedByKeyboard(page)]);
  }

  expect(found).toEqual(Object.keys(paths).map((name) => [name, []]));
});
