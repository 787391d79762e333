import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { dirSync, type DirResult } from 'tmp';
import { bundlePageSync } from '../../../bin/bundle-page';
import { repositoryRoot } from '../../../helpers/repository-root';
import { htmlReport, REPORT_PAGE } from '../../../helpers/run-report/html-report';
import type { FailureModel } from '../../../helpers/run-report/run-model';
import { launchBrowser } from '../../../tools/bench/launch-browser';
import { claimOf, failure, runOf } from '../../unit/run-report/runs';
import { tracedClaim } from '../../unit/run-report/traced-run';
import { overflow, violations } from './accessibility';
import type { View } from './with-browser';

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
  error: 'waited for it\n'.repeat(60),
  logged: 'no step\n'.repeat(60),
  frames: Array.from({ length: 60 }, () => 'at stays (helpers/scenario/polling.ts:1:1)'),
});
const RUN = runOf([tracedClaim({ failure: failed }), claimOf({ id: 'T2.8c' })]);

const VIEWS: readonly View[] = [
  { width: 1_280, theme: 'light' },
  { width: 1_280, theme: 'dark' },
  { width: 400, theme: 'light' },
  { width: 400, theme: 'dark' },
];

let directory: DirResult;
let browser: Browser;
const faults: string[] = [];
beforeAll(async () => {
  directory = dirSync({ unsafeCleanup: true });
  writeFileSync(reportPath(), htmlReport(RUN, bundlePageSync(repositoryRoot(), REPORT_PAGE)));
  browser = await launchBrowser();
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  expect(faults.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  directory.removeCallback();
});

const reportPath = (): string => join(directory.name, 'report.html');

/** Opens the report in a new window, and the failed claim in it. */
async function openFailure({ width, theme }: View): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: theme });
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  await page.goto(pathToFileURL(reportPath()).href);
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

test.each(VIEWS)('a failed claim at $width px, $theme, has no fault of accessibility', async (view) => {
  const page = await openFailure(view);
  const atFirst = [await violations(page), await overflow(page)];
  await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");

  expect([atFirst, [await violations(page), await overflow(page)]]).toEqual([
    [[], 0],
    [[], 0],
  ]);
});
