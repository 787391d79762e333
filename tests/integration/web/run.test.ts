import type { Page } from 'playwright-core';
import { withBrowser } from './with-browser';

const browser = withBrowser();

const rowOf = (page: Page, ref: string) => page.getByRole('row').filter({ has: page.getByText(ref, { exact: true }) });

test('an action that runs only as a task is listed, and not offered', async () => {
  const page = await browser.openLoggedIn('/run?q=core.');
  await rowOf(page, 'core.ask').waitFor();

  const kind = rowOf(page, 'core.ask').getByRole('cell', { name: 'action, only as a task of a workflow', exact: true });
  const links = await Promise.all(['core.ask', 'core.echo'].map((ref) => rowOf(page, ref).getByRole('link').count()));

  expect([await kind.count(), ...links]).toEqual([1, 0, 1]);
});

test('the address of an action that runs only as a task has no form', async () => {
  const page = await browser.openLoggedIn('/run/core.ask');
  await page.getByText('It runs only as a task of a workflow.').waitFor();

  expect(await page.getByRole('button', { name: 'Run', exact: true }).count()).toBe(0);
});

/** On how many lines the text of each of these elements is. */
const linesOf = (page: Page, selector: string) =>
  page.evaluate<number[]>(`[...document.querySelectorAll('${selector}')].map((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const boxes = [...range.getClientRects()].filter(({ width }) => width > 0);
    return boxes.filter(({ top }, n) => n === 0 || top >= boxes[n - 1].bottom).length;
  })`);

test('a parameter has its name and kind on one line, and a button its text', async () => {
  const { actions, packs } = browser.client();
  await packs.create({ ref: 'lines', label: 'Lines', version: '1.0.0' });
  await actions.create({
    ref: 'lines.form',
    pack_ref: 'lines',
    label: 'Form',
    runtime_ref: 'core.shell',
    entrypoint: 'true',
    param_schema: {
      name: { type: 'string', required: true },
      token: { type: 'string', secret: true },
      loud: { type: 'boolean', default: false },
    },
  });

  const page = await browser.openLoggedIn('/run/lines.form');
  await page.getByRole('button', { name: 'show' }).waitFor();

  expect(await linesOf(page, '.schema-label')).toEqual([1, 1, 1, 1]);
  expect(await linesOf(page, '.secret button')).toEqual([1]);
});

test('a ref stays on one line beside a long description', async () => {
  const { actions, packs } = browser.client();
  await packs.create({ ref: 'wide', label: 'Wide', version: '1.0.0' });
  const description = 'what it does, and why that is needed '.repeat(20);
  const texts = { label: 'A name of several words', description };
  const program = { runtime_ref: 'core.shell', entrypoint: 'true' };
  await actions.create({ ref: 'wide.release_of_a_service', pack_ref: 'wide', ...texts, ...program });

  const page = await browser.openLoggedIn('/run?q=wide.');
  await rowOf(page, 'wide.release_of_a_service').waitFor();

  expect(await linesOf(page, 'td:first-child a')).toEqual([1]);
});
