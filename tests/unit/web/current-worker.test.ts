import type { Worker } from '../../../contract/workers';
import { isCurrent } from '../../../web/platform/parts/current-worker';

type Subject = Parameters<typeof isCurrent>[0];

const worker = (given: Omit<Partial<Subject>, 'load'>, total_active = 0): Subject => ({
  status: 'active',
  state: 'online',
  heartbeat_stale: false,
  load: { total_active } as Worker['load'],
  ...given,
});

test.each([
  ['that reports is current', worker({}), true],
  ['that has ended is gone', worker({ status: 'inactive', state: 'offline' }), false],
  ['whose heartbeat is late is gone', worker({ heartbeat_stale: true }), false],
  ['whose heartbeat is late is current while it holds executions', worker({ heartbeat_stale: true }, 1), true],
  ['that has an error is current', worker({ status: 'error', state: 'failed', heartbeat_stale: true }), true],
  ['whose agent is awaited is current', worker({ status: 'inactive', state: 'awaiting_agent' }), true],
  ['that is paused is current', worker({ status: 'inactive', state: 'paused', heartbeat_stale: true }), true],
])('a worker %s', (_what, subject, expected) => {
  expect(isCurrent(subject)).toBe(expected);
});
