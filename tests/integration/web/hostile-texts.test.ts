import type { Page } from 'playwright-core';
import { overflow } from './accessibility';
import { follow, unfold, untilOnPage } from './every-page';
import { fillWorld } from './world';
import { withBrowser } from './with-browser';

const browser = withBrowser();

/** Its start names the source; by it a text is found also where a page cuts the rest. */
const startOf = (source: string): string => `javascript:alert(1)//${source}<img data-hostile>`;
const REST = [
  `"'><img data-hostile src=x onerror=alert(2)>`,
  '</textarea></select></title><svg data-hostile onload=alert(3)>',
  '<script data-hostile>alert(4)</script>',
  '\u202Egnp.exe\u202C%3Cb%3E%00../..',
  'w'.repeat(60),
].join('');
/** A label has at most 255 characters. */
const hostile = (source: string): string => `${startOf(source)}${REST}`.slice(0, 250);

const ONE_EXECUTION = ['/executions/:flow', '/executions/:failed'];
const BESIDE_LIST = ['/inquiries/:form', '/inquiries/:other'];
const LISTED_ACTION = ['/run', '/packs/:pack'];
const TRIGGERS = ['/triggers', '/triggers/:trigger'];
const EVENTS = ['/events/:fired', '/events/:other'];

/** Every text that a user can write, and the pages that show it. */
const SHOWN_AT: Readonly<Record<string, readonly string[]>> = {
  'pack-label': ['/packs', '/packs/:pack'],
  'pack-description': ['/packs', '/packs/:pack'],
  tag: ['/packs/:pack'],
  'build-log': ['/packs/:pack'],
  'failing-requirement': ['/packs/:pack'],
  'action-ref': [...LISTED_ACTION, '/rules/:new', '/run/:action', '/executions', ...ONE_EXECUTION],
  'action-label': [...LISTED_ACTION, '/run/:action'],
  'action-description': [...LISTED_ACTION, '/run/:action'],
  'parameter-name': ['/run/:action'],
  'parameter-description': ['/run/:action'],
  'parameter-choice': ['/run/:action'],
  'parameter-default': ['/run/:action'],
  'flow-ref': [
    ...LISTED_ACTION,
    '/rules/:new',
    '/run/:flow',
    '/executions',
    '/executions/:flow',
    ...BESIDE_LIST,
    '/inquiries/:ended',
  ],
  'flow-label': [...LISTED_ACTION, '/run/:flow'],
  'flow-description': [...LISTED_ACTION, '/run/:flow'],
  'task-name': ['/executions/:flow'],
  output: ['/executions/:echo'],
  stdout: ONE_EXECUTION,
  stderr: ONE_EXECUTION,
  'trigger-ref': ['/packs/:pack', '/rules', '/rules/:rule', '/rules/:new', '/events', ...EVENTS, ...TRIGGERS],
  'trigger-label': ['/packs/:pack', ...TRIGGERS],
  'trigger-description': TRIGGERS,
  'rule-ref': ['/packs/:pack', '/rules', '/rules/:rule', '/executions', ...EVENTS],
  'rule-label': ['/rules', '/rules/:rule'],
  'rule-description': ['/rules/:rule'],
  criterion: ['/rules/:rule', ...EVENTS],
  'action-parameter': ['/rules/:rule'],
  'payload-key': EVENTS,
  'payload-value': ['/rules/:rule', '/events/:other'],
  'timer-ref': ['/packs/:pack', '/rules', '/timers', '/timers/:timer'],
  'timer-label': ['/rules'],
  'form-prompt': ['/inquiries', ...BESIDE_LIST, '/inquiries/:ended'],
  'other-prompt': ['/inquiries', ...BESIDE_LIST, '/inquiries/:ended'],
  'ended-prompt': ['/inquiries/:ended'],
  'response-name': ['/inquiries/:form'],
  'response-description': ['/inquiries/:form'],
  'response-choice': ['/inquiries/:form'],
  'response-default': ['/inquiries/:form'],
  'default-response': ['/inquiries/:other'],
  response: ['/inquiries/:ended'],
  login: ['/inquiries', '/inquiries/:other', '/inquiries/:ended'],
  'queue-label': ['/queues', '/queues/:queue'],
  'queue-description': ['/queues/:queue'],
  'item-payload': ['/queues/:queue'],
  'item-error': ['/queues/:queue'],
  'worker-name': ['/workers'],
  'worker-host': ['/workers'],
  'cordon-reason': ['/workers'],
  'gone-worker': ['/workers'],
  // No page shows them.
  'display-name': [],
  'key-name': [],
  'key-value': [],
  'sensor-label': [],
  'sensor-description': [],
  'timer-description': [],
};

/** All that a page shows, also in titles, names of elements, and fields. */
const SHOWN = `[document.title, document.body.textContent, ...[...document.querySelectorAll('*')].flatMap((each) =>
  [...(each.value === undefined ? [] : [each.value]), ...[...each.attributes].map(({ value }) => value)])].join('\\n')`;

/** What a text has become that is more than a text: an element, or a link out of the page. */
const MADE = `[
  ...document.querySelectorAll('[data-hostile]'),
  ...[...document.querySelectorAll('body :is([href], [src], [action], [formaction])')].filter((each) =>
    ['href', 'src', 'action', 'formaction'].some((name) => !/^(#|\\/(?!\\/))/.test(each.getAttribute(name) ?? '#'))),
].map((each) => each.outerHTML)`;

const pagesOf = (source: string): readonly string[] => SHOWN_AT[source] ?? [];
const sourcesAt = (page: string): string[] => Object.keys(SHOWN_AT).filter((source) => pagesOf(source).includes(page));
const shownSources = async (page: Page): Promise<string[]> => {
  const shown = await page.evaluate<string>(SHOWN);
  return Object.keys(SHOWN_AT).filter((source) => shown.includes(startOf(source)));
};

test('each text of a user is shown as a text on its pages, also at 400 px', async () => {
  const used = new Set<string>();
  const paths = await fillWorld(browser, (source) => {
    used.add(source);
    return hostile(source);
  });
  const page = await browser.openLoggedIn('/', { width: 400, theme: 'light' });

  const found: unknown[] = [];
  for (const [name, path] of Object.entries(paths)) {
    await follow(page, path);
    await unfold(page);
    const texts = JSON.stringify(sourcesAt(name).map(startOf));
    await untilOnPage(
      page,
      `${name} to show ${texts}`,
      `(({ shown, texts }) => texts.every((text) => shown.includes(text)))
      ({ shown: ${SHOWN}, texts: ${texts} })`,
    );
    found.push([name, await shownSources(page), await page.evaluate(MADE), await overflow(page), page.url()]);
  }

  const { url } = browser.platform();
  expect([...used].sort()).toEqual(Object.keys(SHOWN_AT).sort());
  expect(found).toEqual(Object.entries(paths).map(([name, path]) => [name, sourcesAt(name), [], 0, `${url}${path}`]));
});

test('the error of an unknown object shows its name as a text', async () => {
  const page = await browser.openLoggedIn('/', { width: 400, theme: 'light' });

  for (const list of ['rules', 'triggers', 'timers', 'packs', 'queues', 'run', 'events', 'executions', 'inquiries']) {
    await follow(page, `/${list}/${encodeURIComponent(startOf(list))}`);
    await page.getByRole('alert').first().waitFor();

    expect([list, await page.evaluate(MADE), await overflow(page)]).toEqual([list, [], 0]);
  }
  expect(browser.takeFaults().filter((fault) => !/^4(04|00|22) /.test(fault))).toEqual([]);
});
