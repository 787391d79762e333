import pino from 'pino';
import { handleNotification } from '../../../platform/worker/notifications';

const WORKER = 7;
const log = pino({ level: 'silent' });

/** The calls that a payload causes. */
function callsFor(payload: string): string[] {
  const calls: string[] = [];
  const targets = {
    claimWork: () => void calls.push('claim'),
    cancel: (execution: number) => void calls.push(`cancel ${execution}`),
    passLimit: (execution: number) => void calls.push(`limit ${execution}`),
    checkEnvironments: () => void calls.push('environments'),
    checkPackTests: () => void calls.push('pack tests'),
    reconcileSensors: () => void calls.push('sensors'),
  };
  handleNotification(payload, WORKER, targets, log);
  return calls;
}

test.each([
  ['{"worker":7}', ['claim']],
  ['{"worker":7,"cancel":41}', ['cancel 41']],
  ['{"worker":7,"limit":41}', ['limit 41']],
  ['{"worker":8}', []],
  ['{"worker":8,"cancel":41}', []],
  ['{"environments":true}', ['environments']],
  ['{"packTests":true}', ['pack tests']],
  ['{"sensors":true}', ['sensors']],
  ['not JSON', []],
  ['[7]', []],
])('the payload %s causes %j', (payload, calls) => {
  expect(callsFor(payload)).toEqual(calls);
});
