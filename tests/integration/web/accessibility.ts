import { source } from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => ({ violations }))";

/** What axe finds on a page, each as its rule with the places: `color-contrast: .status`. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(source);
  const { violations: found } = await page.evaluate<Pick<AxeResults, 'violations'>>(AXE);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** By how many pixels a page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - window.innerWidth');

/** Controls, and parts that scroll by the keyboard. */
const CONTROLS = `document.querySelectorAll(
  ':is(a[href], button, input, select, textarea, summary, [tabindex="0"]):not(:disabled)')`;

/** Times around the page, on which a part can be loaded behind the focus. */
const ROUNDS = 3;

/** Notes which elements get the focus, and which of these do not show it. */
const NOTE_FOCUS = `(() => {
  window.noted = { reached: new Set(), unseen: new Set() };
  document.addEventListener('focusin', ({ target }) => {
    noted.reached.add(target);
    const { outlineStyle } = getComputedStyle(target);
    if (outlineStyle === 'none') noted.unseen.add(target);
  });
  document.activeElement.blur();
})()`;

const COUNT = `[...${CONTROLS}].filter((each) => each.checkVisibility()).length`;
const MISSED = `[
  ...[...${CONTROLS}].filter((each) => each.checkVisibility() && !noted.reached.has(each)),
  ...noted.unseen,
].map((each) => each.outerHTML)`;

/** The controls of a page that Tab does not lead to, or whose focus is not seen, as HTML. */
export async function missedByKeyboard(page: Page): Promise<string[]> {
  await page.evaluate(NOTE_FOCUS);
  let missed: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const count = await page.evaluate<number>(COUNT);
    for (let n = 0; n <= count; n++) await page.keyboard.press('Tab');
    missed = await page.evaluate<string[]>(MISSED);
    if (missed.length === 0) break;
  }
  return missed;
}
