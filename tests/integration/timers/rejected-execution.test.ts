import { Writable } from 'node:stream';
import { openLog } from '../../../platform/files/open-log';
import { DEFAULT_LIMITS } from '../../../platform/base/limits';
import { openDatabase, type Database } from '../../../platform/store/database/connection';
import { openVault } from '../../../platform/store/secrets/vault';
import { withTimers } from './with-timers';

const timers = withTimers();

const lines: string[] = [];
const output = new Writable({
  write: (chunk: Buffer, _encoding, done) => {
    lines.push(chunk.toString());
    done();
  },
});
let db: Database;
beforeAll(() => {
  const settings = { extensions: true, limits: DEFAULT_LIMITS, status: 'extended', virtualTime: false } as const;
  db = openDatabase(timers.url(), 2, openVault('a secret of the tests'), { ...settings, log: openLog(output) });
});
afterAll(() => db.close());

test('an execution that the database rejects is logged with its rule', async () => {
  await timers.setClock('2026-11-20T12:00:00Z');
  const { id, ref } = await timers.rule('core.intervaltimer', { unit: 'seconds', interval: 1 });
  await timers.owner().query(`alter table execution add constraint rejects check (action_ref <> 'core.noop')`);

  await timers.firedAt('2026-11-20T12:00:01Z', ref);
  await timers.evaluateRules(db);

  const { rows } = await timers
    .owner()
    .query<{ event: number }>('select event, code, message from event_decision where rule = $1', [id]);
  const message = 'the database rejected its execution: SQLSTATE 23514, constraint rejects, table execution';
  expect(rows).toEqual([{ event: expect.any(Number), code: 'RULE_BROKEN', message }]);
  const entries = lines.map((line) => JSON.parse(line) as { err: { message: string; stack: string } });
  expect(entries).toMatchObject([
    { msg: 'the database rejected the execution of a rule', rule: ref, event: rows[0]!.event },
  ]);
  expect(entries[0]!.err.message).toContain('violates check constraint "rejects"');
  expect(entries[0]!.err.stack).toMatch(/\n +at .*process-event/);
});
