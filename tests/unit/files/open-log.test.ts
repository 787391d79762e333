import { openLog } from '../../../platform/files/open-log';

/** The `err` of an entry about what was thrown. */
function logged(thrown: unknown): { message: string; stack: string } {
  const lines: string[] = [];
  openLog({ write: (line) => void lines.push(line) }, 'executor').error({ err: thrown, execution: 41 }, 'step failed');
  const entry = JSON.parse(lines[0]!) as { name: string; execution: number; err: { message: string; stack: string } };
  expect([entry.name, entry.execution]).toEqual(['executor', 41]);
  return entry.err;
}

test('an error is logged with its message, its stack and its causes', () => {
  const { message, stack } = logged(new Error('no route', { cause: new TypeError('x is undefined') }));

  expect(message).toBe('no route: x is undefined');
  expect(stack).toMatch(
    /^Error: no route\n {4}at .*open-log\.test\.ts[^]*caused by: TypeError: x is undefined\n {4}at /,
  );
});

test.each([
  ['a text', 'no route', "'no route'"],
  ['null', null, 'null'],
  ['an object', { code: 4 }, '{ code: 4 }'],
])('%s that is thrown is logged with what it is', (_, thrown, message) => {
  expect(logged(thrown)).toMatchObject({ message, stack: expect.stringContaining('without a stack') as string });
});

test('an error of another realm is logged as one', () => {
  expect(logged({ message: 'no route', stack: 'E: no route\n    at a (a.ts:1)' })).toMatchObject({
    message: 'no route',
  });
});
