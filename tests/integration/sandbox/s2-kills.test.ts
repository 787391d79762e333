import { setTimeout as sleep } from 'node:timers/promises';
import { runSeed, sized } from '../../../helpers/sized';
import { waitForExit } from '../embedded/cli-process';
import { pidsMentioning } from '../embedded/holder-process';
import { seededRandom } from '../faults/history/seeded-random';
import { webRepository } from './sandbox-cli';

jest.setTimeout(600_000);

const KILLS = sized({ ci: 5, full: 50 });
/** Longer than a run on an idle host. */
const MOST_MS = 4_000;

test(`sweep removes all that ${KILLS} killed runners left`, async () => {
  using repository = webRepository('sleep 0.5');
  const seed = runSeed();
  const random = seededRandom(seed);

  const delays: number[] = [];
  for (let n = 0; n < KILLS; n++) {
    const runner = repository.spawn(['run', repository.root]);
    const ended = waitForExit(runner);
    delays.push(random(MOST_MS));
    await sleep(delays.at(-1));
    runner.kill('SIGKILL');
    await ended;
  }
  const ids = repository.ledgers();
  const swept = await repository.cli(['sweep', '--json']);

  process.stderr.write(`seed ${seed}: killed after ${delays.join(', ')} ms\n`);
  expect({ code: swept.code, leaks: (JSON.parse(swept.stdout) as { leaks: unknown }).leaks }).toEqual({
    code: 0,
    leaks: [],
  });
  expect(repository.leftBehind()).toEqual([]);
  expect(ids.flatMap((id) => pidsMentioning(`TUNINGFORK_SANDBOX_${id}`))).toEqual([]);
});
