import { setTimeout as pause } from 'node:timers/promises';
import { usageOf } from './process-family';
import type { Question } from './question';
import { withPlatform } from './stand';

/** What a start leaves to do is done by then, ms. */
const SETTLED_MS = 10_000;
const SAMPLE_MS = 30_000;
const MIB = 1_048_576;

export const idle: Question = {
  name: 'idle',
  about: 'a platform that nobody asks for anything: processor time and memory of all its processes',
  runs: 1,
  measure: async ({ runs, say, stop }) => {
    const shares: number[] = [];
    let memoryBytes = 0;
    await withPlatform(stop, async (_, { pid, instance_id }) => {
      const usage = () => usageOf(pid, `PLATFORM_INSTANCE=${instance_id}`);
      await pause(SETTLED_MS);
      for (let n = 1; n <= runs; n++) {
        const [before, from] = [usage(), performance.now()];
        await pause(SAMPLE_MS);
        const after = usage();
        shares.push((after.busyMs - before.busyMs) / (performance.now() - from));
        memoryBytes = Math.max(memoryBytes, after.memoryBytes);
        say(`idle ${n} of ${runs}: ${(shares.at(-1)! * 100).toFixed(2)} % of one core`);
      }
    });
    const percent = Math.max(...shares) * 100;
    const row = { beside: '–' };
    return [
      {
        ...row,
        ...{ what: 'idle platform, processor time of all processes', measured: `${percent.toFixed(2)} % of one core` },
        ...{ floor: '1 %', reach: '–', figures: { one_core_percent: percent } },
      },
      {
        ...row,
        ...{ what: 'idle platform, memory of all processes', measured: `${(memoryBytes / MIB).toFixed(0)} MiB` },
        ...{ floor: '250 MiB', reach: '–', figures: { memory_bytes: memoryBytes } },
      },
    ];
  },
};
