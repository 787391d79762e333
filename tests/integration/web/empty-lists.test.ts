import { withBrowser } from './with-browser';

const browser = withBrowser();

test.each([
  ['/rules', 'There is no rule yet: a pack brings them, or you create one.', '?set=enabled', 'No rule matches.'],
  ['/events', 'There is no event yet: triggers and timers make them.', '?rule_ref=x.y', 'No event matches.'],
  ['/queues', 'There is no queue yet: a pack brings them.', '?search=x', 'No queue matches.'],
])('%s says that it is empty, and of a filter that nothing matches', async (path, empty, filter, unmatched) => {
  const page = await browser.openLoggedIn('/');
  await page.goto(`${browser.platform().url}${path}`);
  await page.getByText(empty, { exact: true }).waitFor();

  await page.goto(`${browser.platform().url}${path}${filter}`);

  await page.getByText(unmatched, { exact: true }).waitFor();
});
