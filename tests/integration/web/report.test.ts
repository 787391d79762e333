import type { Page } from 'playwright-core';
import type { FailureModel } from '../../../helpers/run-report/run-model';
import { claimOf, failure, runOf } from '../../unit/run-report/runs';
import { tracedClaim } from '../../unit/run-report/traced-run';
import { overflow, violations } from './accessibility';
import type { View } from './with-browser';
import { VIEWS, writtenReports, type WrittenReports } from './written-report';

const SENT = JSON.stringify({ ref: 'demo.flow', labels: ['x'.repeat(200), 'y'.repeat(200)].map((each) => ({ each })) });
/** About as long as a body is shown. */
const RECEIVED = JSON.stringify({ error: 'demo.flow exists', rows: Array.from({ length: 90 }, (_, id) => ({ id })) });
const LONG_PATH = `/api/v1/keys/${'z'.repeat(300)}`;

const CREATE = { at: 1_100, method: 'POST', path: '/api/v1/workflows', query: '', status: 409, ms: 12 };
const LIST = { at: 1_150, method: 'GET', path: '/api/v1/executions', query: `?ref=${'q'.repeat(300)}`, status: 200 };
const deciding: FailureModel['deciding'] = [
  { ...CREATE, sent: SENT, received: RECEIVED },
  { ...LIST, ms: 4, sent: null, received: '{"data":[]}' },
];

const { executions, requests } = tracedClaim().failure!;
const failed = failure({
  executions,
  requests: [...requests, { at: 1_200, method: 'GET', path: LONG_PATH, status: 404, ms: 2 }],
  deciding,
  candidates: ['platform/core/a.ts one', 'platform/core/b.ts'],
  rules: ['event 4: demo.rule did not match'],
  error: 'waited for it\n'.repeat(60),
  logged: 'no step\n'.repeat(60),
  frames: Array.from({ length: 60 }, () => 'at stays (helpers/scenario/polling.ts:1:1)'),
});
const RUN = runOf([tracedClaim({ failure: failed }), claimOf({ id: 'T2.8c' })]);

let reports: WrittenReports;
beforeAll(async () => {
  reports = await writtenReports();
});
afterEach(async () => expect(await reports.close()).toEqual([]));
afterAll(() => reports.end());

/** Opens the report in a new window, and the failed claim in it. */
async function openFailure(view: View): Promise<Page> {
  const page = await reports.open(RUN, view);
  await page.getByRole('button', { name: 'T2.8b' }).click();
  return page;
}

test('a failed claim shows its deciding requests with their bodies', async () => {
  const page = await openFailure(VIEWS[0]!);

  expect(await page.locator('.request p').allInnerTexts()).toEqual([
    'POST /api/v1/workflows returned 409 after 0.090 s',
    `GET /api/v1/executions${LIST.query} returned 200 after 0.140 s`,
  ]);
  expect(await page.locator('.request pre').allInnerTexts()).toEqual([SENT, RECEIVED, '{"data":[]}']);
  expect(await page.locator('.request .bad').allInnerTexts()).toEqual(['409']);
});

test('a failed claim shows its executions before its requests', async () => {
  const page = await openFailure(VIEWS[0]!);

  expect(await page.locator('.facts dt').allInnerTexts()).toEqual(['line', 'look first at', 'again', 'host']);
  expect(await page.locator('.facts code').nth(1).innerText()).toBe('platform/core/a.ts one, platform/core/b.ts');
  const parts = await page.locator('.failure > details > summary').allInnerTexts();
  expect(parts.map((text) => text.replace(/^\d+ |(?<=^Execution) .*/, ''))).toEqual([
    ...['What the rules decided', 'The platform logged', 'Execution', 'Deciding requests', 'requests', 'Stack'],
  ]);
});

test.each(VIEWS)('a failed claim at $width px, $theme, has no fault of accessibility', async (view) => {
  const page = await openFailure(view);
  const atFirst = [await violations(page), await overflow(page)];
  await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");

  expect([atFirst, [await violations(page), await overflow(page)]]).toEqual([
    [[], 0],
    [[], 0],
  ]);
});
