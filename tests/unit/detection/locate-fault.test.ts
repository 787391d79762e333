import type { Fault } from '../../../tools/detection/fault';
import { locateFault } from '../../../tools/detection/find/locate-fault';

const FAULT: Fault = {
  id: 'X1',
  promise: 'a task is retried at most as often as its count allows',
  file: 'core/retry.ts',
  within: 'canRetry',
  find: 'child.retry >= policy.count',
  replace: 'child.retry > policy.count',
  claims: ['T2.8b'],
};
const SQL_FAULT: Fault = {
  id: 'X2',
  promise: 'only free executions are claimed',
  file: 'store/functions/claim.sql',
  find: "where e.status = 'requested' and e.worker is null",
  replace: "where e.status = 'requested'",
  claims: ['T1.1a'],
};

const inFunction = (condition: string, name = 'canRetry'): string =>
  `export function ${name}(child: Child, policy: Policy): boolean {\n  if (${condition}) return false;\n  return true;\n}\n`;

const locate = (fault: Fault, sources: Readonly<Record<string, string>>) =>
  locateFault(fault, new Map(Object.entries(sources)));

test('a fault whose part is in its function applies', () => {
  expect(locate(FAULT, { 'platform/core/retry.ts': inFunction(FAULT.find) })).toEqual({ outcome: 'applies' });
});

test('a reformatted part is found where it was', () => {
  const text = inFunction('child.retry\n    >=   policy.count /* at most */');

  expect(locate(FAULT, { 'platform/core/retry.ts': text })).toEqual({ outcome: 'applies' });
  expect(locate(SQL_FAULT, { 'platform/store/functions/claim.sql': SQL_FAULT.find.replaceAll(' ', '\n  ') })).toEqual({
    outcome: 'applies',
  });
});

test('a function in another file has the part of a fault', () => {
  const sources = { 'tools/retry/limits.ts': `\n${inFunction('child.retry>=policy.count')}` };

  expect(locate(FAULT, sources)).toEqual({
    outcome: 'moved',
    place: { file: '../tools/retry/limits.ts', within: 'canRetry', find: 'child.retry>=policy.count', line: 3 },
    entry: { file: '../tools/retry/limits.ts', within: 'canRetry', find: FAULT.find, replace: FAULT.replace },
  });
});

test('a function of another name in the same file has the part of a fault', () => {
  const text = `class Retries {\n  allows(child, policy) {\n    const isOver = ${FAULT.find};\n    return !isOver;\n  }\n}`;

  expect(locate(FAULT, { 'platform/core/retry.ts': text })).toMatchObject({
    outcome: 'moved',
    entry: { file: 'core/retry.ts', within: 'Retries.allows' },
  });
});

test('an SQL file of another folder has the part of a fault', () => {
  expect(locate(SQL_FAULT, { 'platform/store/schema/claims.sql': `select 1;\nselect id ${SQL_FAULT.find};` })).toEqual({
    outcome: 'moved',
    place: { file: 'store/schema/claims.sql', find: SQL_FAULT.find, line: 2 },
    entry: { file: 'store/schema/claims.sql', find: SQL_FAULT.find, replace: SQL_FAULT.replace },
  });
});

test('a changed part is found in its function, and its replacement follows', () => {
  expect(locate(FAULT, { 'platform/core/retry.ts': inFunction('attempt.retry >= policy.count') })).toMatchObject({
    outcome: 'changed',
    place: { line: 2 },
    entry: { find: 'attempt.retry >= policy.count', replace: 'attempt.retry > policy.count' },
  });
});

test('a changed part of SQL is found, and its replacement follows', () => {
  const text = "select id from execution e where e.status = 'requested' and e.worker_id is null order by id";

  expect(locate(SQL_FAULT, { 'platform/store/functions/claim.sql': text })).toMatchObject({
    outcome: 'changed',
    entry: {
      find: "where e.status = 'requested' and e.worker_id is null",
      replace: "where e.status = 'requested'",
    },
  });
});

test('a changed part of SQL whose end is unclear has no entry', () => {
  const text = "select id from execution e where e.status = 'requested' and e.worker is missing";

  expect(locate(SQL_FAULT, { 'platform/store/functions/claim.sql': text })).toMatchObject({
    outcome: 'changed',
    entry: null,
  });
});

test('a replacement that does not fit the changed part has no entry', () => {
  const fault = { ...FAULT, replace: 'child.retry >= policy.count + 1 - child.skipped' };

  expect(locate(fault, { 'platform/core/retry.ts': inFunction('child.retry >= policy.limit') })).toMatchObject({
    outcome: 'changed',
    entry: null,
  });
});

test('a moved part that its replacement makes invalid has no entry', () => {
  const text = inFunction(`${FAULT.find} // at most\n`);

  expect(locate({ ...FAULT, replace: 'child.retry > (' }, { 'cli/retry.ts': text })).toMatchObject({
    outcome: 'moved',
    entry: null,
  });
});

test('a part in two functions is ambiguous, and both are named', () => {
  const text = `${inFunction(FAULT.find, 'first')}${inFunction(FAULT.find, 'second')}`;

  expect(locate(FAULT, { 'platform/core/retry.ts': text })).toEqual({
    outcome: 'ambiguous',
    candidates: [
      { file: 'core/retry.ts', within: 'first', find: FAULT.find, line: 2 },
      { file: 'core/retry.ts', within: 'second', find: FAULT.find, line: 6 },
    ],
  });
});

test('a part that is changed in place and found elsewhere is ambiguous', () => {
  const text = `${inFunction('child.retry >= policy.limit')}${inFunction(FAULT.find, 'other')}`;

  expect(locate(FAULT, { 'platform/core/retry.ts': text })).toMatchObject({
    outcome: 'ambiguous',
    candidates: [{ within: 'canRetry' }, { within: 'other' }],
  });
});

test('the part of the nearest place is taken', () => {
  const sources = { 'cli/retry.ts': inFunction(FAULT.find), 'cli/other.ts': inFunction(FAULT.find, 'other') };

  expect(locate(FAULT, sources)).toMatchObject({ outcome: 'moved', entry: { file: '../cli/retry.ts' } });
});

test('a short part in another function proves nothing', () => {
  const fault = { ...FAULT, find: 'true', replace: 'false' };

  expect(
    locate(fault, {
      'platform/core/retry.ts': `${inFunction('a()').replace('true', 'b()')}${inFunction('c()', 'other')}`,
    }),
  ).toEqual({
    outcome: 'gone',
  });
});

test('a part that is nowhere is gone', () => {
  expect(locate(FAULT, { 'platform/core/retry.ts': inFunction('isOver(child)') })).toEqual({ outcome: 'gone' });
  expect(locate(FAULT, {})).toEqual({ outcome: 'gone' });
});
