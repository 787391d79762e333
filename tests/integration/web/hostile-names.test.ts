import { overflow } from './accessibility';
import { HOSTILE_TEXTS } from './hostile-names';
import { withBrowser } from './with-browser';

const browser = withBrowser();
const RUN_AWAY = { width: 400, theme: 'light' } as const;

/** Everything that the page shows of a user, with a hostile text in each of its free fields. */
beforeAll(async () => {
  const { packs, queues, rules, triggers } = browser.client();
  await packs.create({ ref: 'odd', label: 'Odd', version: '1.0.0' });
  for (const [n, text] of HOSTILE_TEXTS.entries()) {
    const named = { label: text.slice(0, 200), description: text };
    await packs.create({ ref: `odd-${n}`, version: '1.0.0', tags: [text], ...named });
    await triggers.create({ ref: `odd.trigger_${n}`, pack_ref: 'odd', ...named });
    await queues.create({ ref: `odd.queue_${n}`, dispatch_action_ref: 'core.noop', enabled: false, ...named });
    await queues.enqueue(`odd.queue_${n}`, { payload: { [text]: text } });
    await queues.enqueue(`odd.queue_${n}`, { payload: { n: 9_007_199_254_740_993n } });
    const rule = { ref: `odd.rule_${n}`, pack_ref: 'odd', trigger_ref: `odd.trigger_${n}`, action_ref: 'core.echo' };
    await rules.create({ ...rule, ...named, action_params: { message: text } });
  }
});

const PAGES: readonly (readonly [string, (n: number) => string])[] = [
  ['a pack', (n) => `/packs/odd-${n}`],
  ['a work queue', (n) => `/queues/odd.queue_${n}`],
];

test.each(PAGES)('the page of %s shows hostile texts as they are', async (_subject, addressOf) => {
  const page = await browser.openLoggedIn('/', RUN_AWAY);
  const shown: unknown[] = [];
  for (const [n, text] of HOSTILE_TEXTS.entries()) {
    await page.goto(`${browser.platform().url}${addressOf(n)}`);
    await page.getByRole('definition').filter({ hasText: text }).first().waitFor();
    if (addressOf(n).startsWith('/queues/')) await page.getByText('9007199254740993').waitFor();
    shown.push([text, await page.locator('main script, main img, main svg').count(), await overflow(page)]);
  }

  expect(shown).toEqual(HOSTILE_TEXTS.map((text) => [text, 0, 0]));
});

test('the lists show hostile texts as they are', async () => {
  const page = await browser.openLoggedIn('/', RUN_AWAY);
  for (const path of ['/packs', '/packs/odd', '/queues']) {
    await page.goto(`${browser.platform().url}${path}`);
    await page.getByRole('table').first().waitFor();
    await page.waitForLoadState('networkidle');

    expect([path, await page.locator('main script, main img').count(), await overflow(page)]).toEqual([path, 0, 0]);
  }
});
