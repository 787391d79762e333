import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync, type DirResult } from 'tmp';
import { factsOf } from '../../unit/helpers/run/local-run-facts';
import { createSmallProject } from './small-project';

let run: DirResult;
beforeEach(() => {
  run = dirSync({ unsafeCleanup: true });
});
afterEach(() => run.removeCallback());

const TEST = "test('passes', () => {}); test('fails', () => { throw new Error('100 % wrong\\nand more'); });";

/** What a run of Jest prints and appends with these variables. */
async function runWith(variables: Record<string, string>) {
  const summary = join(run.name, 'summary.md');
  writeFileSync(summary, 'of another command\n');
  const always = { E2E_TARGET: JSON.stringify(factsOf(run.name)), GITHUB_STEP_SUMMARY: summary };
  const project = createSmallProject({ 'one.test.js': TEST }, { ...always, ...variables });
  const { code, stderr } = await project.jest();
  project.remove();
  const annotations = stderr.split('\n').filter((line) => line.startsWith('::'));
  return { code, annotations, summary: readFileSync(summary, 'utf8') };
}

test('in GitHub Actions, a run annotates what failed, and adds to the summary', async () => {
  const { code, annotations, summary } = await runWith({ GITHUB_ACTIONS: 'true' });

  expect([code, annotations]).toEqual([
    1,
    [expect.stringMatching(/^::error title=Run 7q2x::\S*one\.test\.js: fails: Error: 100 %25 wrong$/)],
  ]);
  expect(summary).toMatch(
    /^of another command\n# Run 7q2x on none\n\n\n\n\* \S*one\.test\.js: fails: Error: 100 % wrong\n$/,
  );
});

test('elsewhere it does neither', async () => {
  expect(await runWith({})).toEqual({ code: 1, annotations: [], summary: 'of another command\n' });
});
