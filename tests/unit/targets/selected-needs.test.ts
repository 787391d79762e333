import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readScenarios } from '../../../helpers/docs/scenario-files';
import { selectedFiles } from '../../../helpers/jest/selected-files';
import { needsInText, selectedNeeds } from '../../../helpers/jest/selected-needs';
import { Sequencer } from '../../../helpers/jest/sequencer';

const ROOT = resolve(__dirname, '../../..');
const ALL = /^/;

const CLAIMS = `
const NEEDS = ['a'];

claim('T1.1a', NEEDS, 'one fact', async () => {});
claim('T1.1b', [...NEEDS, 'b'], 'another fact', async (ctx) => {
  if (!ctx.canProve('c')) return;
});
`;

test('the needs of a file are those of its claims and of single lines', () => {
  expect(new Set(needsInText(CLAIMS, ALL))).toEqual(new Set(['a', 'b', 'c']));
});

test('-t selects the claims by id and title', () => {
  expect(new Set(needsInText(CLAIMS, /T1\.1a one/))).toEqual(new Set(['a', 'c']));
  expect(needsInText(CLAIMS, /T2/)).toBeNull();
});

test('the needs of system tests are those of their function', () => {
  const text = "const withDatabase = systemTestNeeding('sql', 'tenants');\nwithDatabase('one fact', body);\n";
  expect(needsInText(text, /other/)).toEqual(['sql', 'tenants']);
});

test('needs that are not a list of the same file throw', () => {
  expect(() => needsInText("claim('T1.1a', IMPORTED, 'one fact', body);\n", ALL)).toThrow('the needs IMPORTED');
});

test('the selected files alone are read', () => {
  const file = join(ROOT, 'tests/e2e/tier2/t2-08-retry-policy.test.ts');
  const [scenario] = readScenarios(ROOT).filter((one) => file.endsWith(one.file));
  const needs = selectedNeeds(ROOT, { files: [file, join(ROOT, 'tests/unit/x.test.ts')], titlePattern: undefined });
  expect(needs).toEqual(new Set(scenario!.claims.flatMap((claim) => claim.needs)));
});

test('every name of a capability in a test file is found as a need', () => {
  const needs = selectedNeeds(ROOT, { files: null, titlePattern: undefined });
  const named = readScenarios(ROOT).flatMap(({ file }) => {
    const text = readFileSync(join(ROOT, 'tests/e2e', file), 'utf8');
    return [...text.matchAll(/capabilities(?:\[|, )'([a-z]+\.[a-z_]+)'|canProve\('([^']+)'\)/g)].map(
      ([, indexed, optional]) => indexed ?? optional!,
    );
  });
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !needs.has(name))).toEqual([]);
});

describe('the files of a run', () => {
  const inherited = process.env.E2E_FILES;
  afterEach(() => {
    if (inherited === undefined) delete process.env.E2E_FILES;
    else process.env.E2E_FILES = inherited;
  });

  test('are those that Jest passes to the sequencer, in the order of the run', () => {
    new Sequencer({ globalConfig: {} }).sort([
      { path: '/clone/tests/e2e/b.test.ts' },
      { path: '/clone/tests/e2e/a.test.ts' },
    ]);
    expect(selectedFiles()).toEqual(['/clone/tests/e2e/a.test.ts', '/clone/tests/e2e/b.test.ts']);
  });

  test('are unknown with another sequencer', () => {
    delete process.env.E2E_FILES;
    expect(selectedFiles()).toBeNull();
  });
});

test('a need that a word names is one of the files that import the word', () => {
  const file = join(ROOT, 'tests/e2e/tier2/t2-12-python-registrations.test.ts');
  const ofFile = (titlePattern: string) => selectedNeeds(ROOT, { files: [file], titlePattern });

  expect(readFileSync(file, 'utf8')).not.toContain("canProve('packs.environments')");
  expect(ofFile('T2.12f').has('packs.environments')).toBe(true);
  expect(ofFile('T1.1a')).toEqual(new Set());
});
