import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openLedger } from '../../../helpers/scenario/ledger';
import { findRunning } from '../../../helpers/scenario/processes';
import { testDirectory } from '../../test-directory';

test('a process of an execution has its id and sees the ledger', async () => {
  const directory = testDirectory();
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
  }
  expect(findRunning([{ ledger: directory, execution, pid: child.pid! }])).toEqual([]);
});
