import { addErrorSubject, errorSubject, withErrorSubject } from '../../../platform/base/error-subject';
import { openLog } from '../../../platform/files/open-log';

test('an entry has what its error concerns, the inner value of each field', async () => {
  const lines: unknown[] = [];
  const log = openLog({ write: (line: string) => void lines.push(JSON.parse(line)) });
  const failing = () => Promise.reject(new Error('no row'));

  const inner = () => withErrorSubject({ rule: 'a.b', tenant: 2 }, failing);
  const error: unknown = await withErrorSubject({ event: 3, tenant: 1 }, inner).catch((thrown: unknown) => thrown);
  log.error({ err: error, event: 4 }, 'failed');

  expect(lines).toEqual([expect.objectContaining({ rule: 'a.b', tenant: 2, event: 4, msg: 'failed' })]);
});

test('what is no object has no subject', () => {
  expect([addErrorSubject('text', { rule: 7 }), errorSubject('text'), errorSubject(null)]).toEqual([
    'text',
    undefined,
    undefined,
  ]);
});
