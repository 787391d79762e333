import { Client } from 'pg';
import { DISPATCH_CHANNEL, TIMERS_CHANGED } from '../../../platform/store/database/notify';
import { withTimers } from './with-timers';

const timers = withTimers();

test('only a timer that is due within a second notifies the executors', async () => {
  const listener = new Client({ connectionString: timers.url() });
  const received: string[] = [];
  listener.on('notification', ({ payload }) => received.push(payload ?? ''));
  await listener.connect();
  await listener.query(`listen ${DISPATCH_CHANNEL}`);

  await timers.setClock('2026-11-20T12:00:00Z');
  await timers.rule('core.crontimer', { expression: '*/2 * * * * *' });
  await timers.owner().query(`notify ${DISPATCH_CHANNEL}, 'the second rule'`);
  await timers.setClock('2026-11-20T12:00:01.5Z');
  await timers.rule('core.crontimer', { expression: '*/2 * * * * *' });
  await listener.query('select 1'); // what was sent before arrives with its answer

  expect(received).toEqual(['the second rule', TIMERS_CHANGED]);
  await listener.end();
});
