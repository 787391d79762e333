import type { Page } from 'playwright-core';
import { redactTexts } from '../../../helpers/run-report/redact-model';
import type { RunModel } from '../../../helpers/run-report/run-model';
import { claimOf, failure, node, runOf } from '../../unit/run-report/runs';
import { tracedClaim } from '../../unit/run-report/traced-run';
import { overflow, violations } from './accessibility';
import { VIEWS, writtenReports, type WrittenReports } from './written-report';

let reports: WrittenReports;
beforeAll(async () => {
  reports = await writtenReports();
});
afterEach(async () => expect(await reports.close()).toEqual([]));
afterAll(() => reports.end());

const OPEN_ALL = "document.querySelectorAll('details').forEach((each) => (each.open = true))";
const timeline = (page: Page) => page.getByRole('application', { name: /^Timeline/ });
const spoken = (page: Page) => timeline(page).locator('[aria-live]').innerText();

/** A claim whose workflow has a list of twelve items. */
function listClaim() {
  const items = Array.from({ length: 12 }, (_, n) =>
    node(n + 3, 1, 'each', {
      index: n,
      ...(n === 11 && { status: 'failed', error: 'it was 4', input: '{"item":11}' }),
    }),
  );
  const nodes = [node(1, 0, 'demo.flow', { status: 'failed' }), node(2, 1, 'first'), ...items];
  const executions = [{ id: 1, nodes, entries: [], reasons: [], lacks: [] }];
  return claimOf({ result: 'failed', failure: failure({ executions }) });
}

test('the chosen execution shows its input and its result as trees', async () => {
  const input = JSON.stringify({ name: 'x', secret: { $attune_secret: true }, deep: { list: [{ a: 1 }] } });
  const nodes = [node(1, 0, 'demo.step', { status: 'failed', error: 'it broke', input, result: '"broken' })];
  const executions = [{ id: 1, nodes, entries: [], reasons: [], lacks: [] }];
  const page = await reports.open(
    runOf([claimOf({ result: 'failed', failure: failure({ executions }) })]),
    VIEWS[0],
    '#T2.8b',
  );
  const tree = page.getByRole('group', { name: 'input' });
  const closed = await tree.innerText();
  await tree.getByRole('button', { name: 'list: list, 1 item', exact: true }).press('Enter');

  expect(closed.split('\n')).toEqual([
    'copy',
    '▾ object, 3 members',
    'name: "x"',
    'secret: a secret',
    '▾ deep: object, 1 member',
    '▸ list: list, 1 item',
  ]);
  expect(await tree.innerText()).toContain('▸ 0: object, 1 member');
  expect(await page.locator('.details > .error, .details pre').allInnerTexts()).toEqual(['it broke', '"broken']);
});

test('a claim shows its earlier results, with a mark where it did not pass', async () => {
  const results = ['passed', 'failed', 'passed', 'environment'] as const;
  const history = results.map((result, n) => ({ result, seconds: n + 1 }));
  const page = await reports.open(
    runOf([claimOf({ history }), claimOf({ id: 'T2.8c', history: history.slice(0, 1) })]),
  );
  const chart = page.getByRole('img');
  const text = '4 earlier runs, 2 not passed (with a mark), longest 4.0 s';

  expect(await chart.count()).toBe(1);
  expect(await chart.getAttribute('aria-label')).toBe(text);
  const bars = await chart.locator('g').all();
  expect(await Promise.all(bars.map((bar) => bar.locator('rect').count()))).toEqual([1, 2, 1, 2]);
});

test('a claim that is not proven has its reason below it', async () => {
  const reason = 'the target lacks executions.rerun';
  const unproven = claimOf({ id: 'T2.8d', result: 'not proven', reason, from: null, to: null, process: null });
  const page = await reports.open(runOf([claimOf(), unproven]));
  await page.getByRole('button', { name: '1 not proven' }).click();

  expect(await page.locator('.claim').allInnerTexts()).toEqual([
    `–\nnot proven\nT2.8d\na task that always fails ends failed\nnot run\n\n${reason}`,
  ]);
  await page.getByRole('button', { name: 'T2.8d' }).press('Enter');
  expect(await page.locator('.claim .summary').allInnerTexts()).toEqual([reason]);
});

test('each result has its sign and its word', async () => {
  const results = ['failed', 'environment', 'known red', 'not proven', 'passed'] as const;
  const claims = results.map((result, n) => claimOf({ id: `T2.${n}`, result }));
  const page = await reports.open(runOf(claims), VIEWS[0], '#T2.0');

  expect((await page.locator('.sign').allInnerTexts()).map((text) => text.replace('\n', ' '))).toEqual([
    '✕ failed',
    '? environment',
    '! known red',
    '– not proven',
    '✓ passed',
  ]);
});

test('a claim is opened, and its lists are unfolded, by keys alone', async () => {
  const page = await reports.open(runOf([listClaim()]));
  const claim = page.getByRole('button', { name: 'T2.8b' });
  await claim.focus();
  await page.keyboard.press('Enter');
  const opened = await claim.getAttribute('aria-expanded');
  await timeline(page).focus();
  const seen = [await spoken(page)];
  for (const key of ['ArrowUp', 'Enter', 'ArrowDown', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowLeft', 'ArrowDown']) {
    await page.keyboard.press(key);
    seen.push(await spoken(page));
  }

  expect([opened, seen]).toEqual([
    'true',
    [
      'each[11]: failed, 0.100 s',
      'each × 11: completed',
      'each[0]: completed, 0.100 s',
      'each[1]: completed, 0.100 s',
      'each[0]: completed, 0.100 s',
      'first: completed, 0.100 s',
      'demo.flow: failed, 0.100 s',
      'demo.flow: failed, 0.100 s',
      'demo.flow: failed, 0.100 s',
    ],
  ]);
});

const HOSTILE = `"'><img src=x onerror="window.hacked=1"></script><script>window.hacked=1</script>\u202e${'w'.repeat(400)}`;

/** A run in which each text is hostile that is none of the words of the model. */
function hostileRun(): RunModel {
  const { failure: shown, ...claim } = tracedClaim({ reason: 'x', history: [{ result: 'failed', seconds: 1 }] });
  const [execution] = shown!.executions;
  const nodes = execution!.nodes.map((each) => ({
    ...redactTexts({ label: '', action: '', error: '', stdout: '', stderr: '', facts: [''] }, () => HOSTILE),
    id: each.id,
    depth: each.depth,
    status: each.status,
    hasEnded: each.hasEnded,
    index: each.index,
    created: each.created,
    started: each.started,
    finished: each.finished,
    original: each.original,
    triggeredBy: HOSTILE,
    input: JSON.stringify({ [HOSTILE]: [HOSTILE] }),
    result: HOSTILE,
  }));
  const entries = execution!.entries.map((entry) => ({ ...entry, type: HOSTILE, payload: HOSTILE }));
  const request = { at: 1, method: HOSTILE, path: HOSTILE, status: 500, ms: 1 };
  const deciding = [{ ...request, query: HOSTILE, sent: HOSTILE, received: HOSTILE }];
  const texts = redactTexts(
    { summary: '', error: '', at: '', frames: [''], rerun: '', logged: '', host: '' },
    () => HOSTILE,
  );
  const executions = [{ id: 41, nodes, entries, reasons: [HOSTILE], lacks: [HOSTILE] }];
  const hostile = {
    ...texts,
    limitSeconds: 1,
    requests: [request],
    deciding,
    executions,
    candidates: [HOSTILE],
    rules: [HOSTILE],
  };
  const names = redactTexts({ id: '', title: '', tier: '', file: '', spec: '', reason: '' }, () => HOSTILE);
  const target = {
    ...redactTexts({ platform: '', name: '', url: '' }, () => HOSTILE),
    kind: 'started',
    loadFactor: 1,
  } as const;
  const [from, to] = [1_000, 3_000];
  return {
    run: HOSTILE,
    target,
    from,
    to,
    exit: 1,
    reasons: [HOSTILE],
    claims: [{ ...claim, ...names, failure: hostile }],
  };
}

test.each(VIEWS)('a hostile text in every field is a text, at $width px, $theme', async (view) => {
  const page = await reports.open(hostileRun(), view);
  await page.locator('.claim-head').click();
  await page.evaluate(OPEN_ALL);

  expect(await page.evaluate('[window.hacked, document.images.length, document.scripts.length]')).toEqual([
    undefined,
    0,
    2,
  ]);
  expect(await page.title()).not.toContain('<');
  expect([await violations(page), await overflow(page)]).toEqual([[], 0]);
  for (const part of [
    'h1',
    'h2',
    'h3',
    '.file',
    '.claim-id',
    '.claim-title',
    '.reasons',
    '.details',
    '.log',
    '.request',
  ])
    expect(await page.locator(part).first().innerText()).toContain('onerror="window.hacked=1"');
});
