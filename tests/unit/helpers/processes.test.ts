import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { openLedger } from '../../../helpers/scenario/ledger';
import { findRunning } from '../../../helpers/scenario/processes';

test('a process of an execution has its id and sees the ledger', async () => {
  const { name: directory, removeCallback } = dirSync({ unsafeCleanup: true });
  const execution = 7;
  const child = spawn('sleep', ['60'], { env: { ...process.env, ATTUNE_EXEC_ID: String(execution) } });
  try {
    await once(child, 'spawn');
    const own = { ledger: openLedger(directory, 'own').path, execution, pid: child.pid! };
    const ofOtherPlatform = { ...own, ledger: join(directory, 'other.ledger') };
    const ofOtherExecution = { ...own, execution: 77 };

    expect(findRunning([own, ofOtherPlatform, ofOtherExecution])).toEqual([own]);
  } finally {
    child.kill();
    await once(child, 'exit');
    removeCallback();
  }
  expect(findRunning([{ ledger: directory, execution, pid: child.pid! }])).toEqual([]);
});
