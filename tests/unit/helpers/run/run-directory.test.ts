import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { startDeadline } from '../../../../helpers/scenario/time/deadline';
import { openContext, type Context } from '../../../../helpers/scenario/context';
import { fixtureProcessesToEnd } from '../../../../helpers/fixtures/fixture-processes';
import { openLedger, type Ledger } from '../../../../helpers/scenario/ledger';
import { until, type Condition } from '../../../../helpers/scenario/polling';
import { runTestBody } from '../../../../helpers/scenario/run-test-body';
import { createRunDirectory } from '../../../../helpers/target/run-directory';
import { factsOf } from './local-run-facts';

/** Writes beats for a second, and fails as soon as it cannot write one. */
const BEATS = `for n in 0 1 2 3 4 5 6 7 8 9; do
  echo "k beat 1 $$ $(($(date +%s%N) / 1000))" >>"$0" || exit 1
  sleep 0.1
done`;

/** Starts a process that the target does not stop with its execution. Resolves to its exit. */
const runUncontained = ({ path }: Ledger) => {
  const env = { ...process.env, ATTUNE_EXEC_ID: '1' };
  return once(spawn('sh', ['-c', BEATS, path], { stdio: 'ignore', env }), 'exit');
};

const beatToAppear = (ledger: Ledger): Condition<void> => ({
  name: 'a beat',
  check: () =>
    ledger.entries('k', 'beat').length > 0 ? { is: 'met', value: undefined } : { is: 'pending', why: 'none' },
});

const FILE = 'tests/e2e/tier2/t2-01-nested-workflow.test.ts';

const failMidway = () => Promise.reject(new Error('midway'));
const runPastDeadline = () => new Promise<void>(() => {});

test.each([
  ['fails midway', failMidway, 'midway'],
  ['runs past its deadline', runPastDeadline, 'ran past its deadline'],
])('the directory of a test that %s stays until its processes end', async (_, rest, message) => {
  const directory = createRunDirectory(null);
  const opened = openContext(factsOf(directory.path), FILE, 'a', startDeadline(300));
  const exits: Promise<unknown>[] = [];
  const body = async ({ ledger }: Context) => {
    exits.push(runUncontained(ledger));
    await until(beatToAppear(ledger), performance.now() + 5_000);
    await rest();
  };

  const { errors } = await runTestBody(opened, body);
  await directory.removeWhenUnused(true);

  expect(errors.map(String)).toEqual([expect.stringContaining(message)]);
  expect(await Promise.all(exits)).toEqual([[0, null]]); // it could write its last beat
  expect(existsSync(directory.path)).toBe(false);
});

test('a remote process counts as running until its end or a long silence', async () => {
  const directory = createRunDirectory(null);
  try {
    const write = async (name: string, event: string, ageMs: number) => {
      const { path } = openLedger(directory.path, name);
      const line = `k ${event} 1 1 ${(Date.now() - ageMs) * 1_000}`;
      await once(spawn('sh', ['-c', 'echo "$1" >>"$0"', path, line]), 'exit');
      return fixtureProcessesToEnd(directory.path, false).check();
    };
    const running = { is: 'pending', why: '1 of execution 1' };
    expect(await write('a', 'start', 0)).toEqual(running);
    expect(await write('a', 'end', 0)).toMatchObject({ is: 'met' });
    expect(await write('b', 'start', 4_000)).toMatchObject({ is: 'met' });
    expect(await write('c', 'beat', 0)).toEqual(running);
    expect(await write('c', 'beat', 4_000)).toMatchObject({ is: 'met' });
  } finally {
    directory.remove();
  }
});
