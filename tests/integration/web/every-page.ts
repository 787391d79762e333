import type { Page } from 'playwright-core';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';

/** What a page has of the requests that it sent: the streams of logs stay open. */
const IS_LOADED = `!!document.querySelector('main h1') &&
  ![...document.querySelectorAll('main .none')].some((each) => each.textContent === 'Loading…')`;

/** Follows a path within the page, without a load, and waits until it shows what it has loaded. */
export async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`,
  );
  await untilOnPage(page, `${path} to be loaded`, IS_LOADED);
}

/** Opens what is folded. */
export const unfold = (page: Page): Promise<void> =>
  page.evaluate("document.querySelectorAll('main details').forEach((each) => (each.open = true))");

/** Waits until an expression of the page has a value that is true. */
export const untilOnPage = (page: Page, name: string, expression: string): Promise<true> =>
  until(
    {
      name,
      check: async () =>
        (await page.evaluate<boolean>(expression))
          ? { is: 'met', value: true }
          : { is: 'pending', why: await page.evaluate<string>("document.querySelector('main')?.innerText ?? ''") },
    },
    livenessDeadline(),
    null,
    null,
  );
