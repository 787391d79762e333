import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findFaults } from '../../../cli/detection/find-faults';
import { detect } from '../../../cli/detection/detect';
import type { Fault } from '../../../tools/detection/fault';
import { rewriteEntry } from '../../../tools/detection/find/rewrite-entry';
import { CATALOGUE } from '../../../tools/detection/find/sources';
import { testDirectory } from '../../test-directory';

const FAULT: Fault = {
  id: 'X1',
  promise: 'a task is retried',
  file: 'core/retry.ts',
  within: 'canRetry',
  find: 'child.retry >= policy.count',
  replace: 'child.retry > policy.count',
  claims: ['T2.8b'],
};

const ENTRY = `
const FILE = 'core/retry.ts';
export const FAULTS = {
  X0: { claims: [] },
  X1: {
    promise: 'a task is retried',
    file: FILE,
    within: 'canRetry',
    find: 'child.retry >= policy.count',
    replace: 'child.retry > policy.count',
    claims: ['T2.8b'],
  },
};
`;
const CATALOGUE_FILE = join(CATALOGUE, 'rooms/retries.ts');

/** A project with these files, and a catalogue with one entry. */
function project(files: Readonly<Record<string, string>>) {
  const root = testDirectory();
  for (const [file, text] of Object.entries({ ...files, [CATALOGUE_FILE]: ENTRY })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return { root, catalogue: () => readFileSync(join(root, CATALOGUE_FILE), 'utf8') };
}

const MOVED = { 'platform/load/attempts.ts': `const canRetry = () => ${FAULT.find};` };
const AMBIGUOUS = { ...MOVED, 'cli/attempts.ts': `const canRetry = () => ${FAULT.find};` };

test('a moved fault is reported with both places, and no entry changes', () => {
  const { root, catalogue } = project(MOVED);

  expect(findFaults([FAULT], {}, root)).toEqual({
    text: [
      'X1: platform/core/retry.ts, canRetry moved to platform/load/attempts.ts:1, canRetry',
      '  - child.retry >= policy.count',
      '  + child.retry >= policy.count',
      '  replaced by child.retry > policy.count',
      '0 of 1 apply',
    ].join('\n'),
    isComplete: false,
  });
  expect(catalogue()).toBe(ENTRY);
});

test('--write changes the entry of a moved fault alone', () => {
  const { root, catalogue } = project(MOVED);

  expect(findFaults([FAULT], { write: true }, root).isComplete).toBe(true);
  expect(catalogue()).toBe(ENTRY.replace('file: FILE', `file: 'load/attempts.ts'`));
});

test('--write leaves an ambiguous fault, and names the candidates', () => {
  const { root, catalogue } = project(AMBIGUOUS);

  const { text, isComplete } = findFaults([FAULT], { write: true }, root);

  expect(isComplete).toBe(false);
  expect(text.split('\n').sort()).toEqual([
    '  cli/attempts.ts:1, canRetry: child.retry >= policy.count',
    '  platform/load/attempts.ts:1, canRetry: child.retry >= policy.count',
    '0 of 1 apply',
    'X1: platform/core/retry.ts, canRetry: may be in one of',
  ]);
  expect(catalogue()).toBe(ENTRY);
});

test('a fault that is gone is reported with its text', () => {
  const { root } = project({});

  expect(findFaults([FAULT], { write: true }, root)).toEqual({
    text: 'X1: platform/core/retry.ts, canRetry: nothing is like child.retry >= policy.count\n0 of 1 apply',
    isComplete: false,
  });
});

test('the document has the outcome and the entry of each fault', () => {
  const { root } = project({ 'platform/core/retry.ts': `const canRetry = () => child.retry >= rule.count;` });

  expect(JSON.parse(findFaults([FAULT], { json: true }, root).text)).toEqual({
    faults: [
      {
        id: 'X1',
        file: 'core/retry.ts',
        within: 'canRetry',
        find: FAULT.find,
        outcome: 'changed',
        place: { file: 'core/retry.ts', within: 'canRetry', find: 'child.retry >= rule.count', line: 1 },
        entry: {
          file: 'core/retry.ts',
          within: 'canRetry',
          find: 'child.retry >= rule.count',
          replace: 'child.retry > rule.count',
        },
        written: false,
      },
    ],
  });
});

test('tests, installed packages and the catalogue are not searched', () => {
  const { root } = project({
    'tests/retry.test.ts': MOVED['platform/load/attempts.ts'],
    'node_modules/a/retry.ts': MOVED['platform/load/attempts.ts'],
    '.cache/retry.ts': MOVED['platform/load/attempts.ts'],
  });

  expect(findFaults([FAULT], {}, root).text).toContain('nothing is like');
});

test('an entry gets long texts, quotes and lines as the catalogue has them', () => {
  const long = `'${'a'.repeat(120)}'`;
  const changed = rewriteEntry(ENTRY, 'X1', { file: 'b.ts', find: long, replace: 'a\n`${b}` \\n' });

  expect(changed).toContain(
    `    file: 'b.ts',\n    find:\n      \`${long}\`,\n    replace: \`a\n\\\`\\\${b}\\\` \\\\n\`,\n`,
  );
  expect(changed).not.toContain('within');
  expect(rewriteEntry(ENTRY, 'X2', FAULT)).toBeNull();
});

test('--write without --find is rejected', async () => {
  await expect(detect([], { write: true }, '.')).rejects.toThrow('--write changes what --find finds: use both');
});
