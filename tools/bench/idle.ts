import { setTimeout as pause } from 'node:timers/promises';
import { measureUsage } from './process-usage';
import type { Benchmark } from './benchmark';
import { withBenchPlatform } from './bench-platform';

/** Pause after the start, so that its last work is not measured, ms. */
const SETTLE_MS = 10_000;
const SAMPLE_MS = 30_000;
const MIB = 1_048_576;

export const idleBenchmark: Benchmark = {
  name: 'idle',
  about: 'an idle platform: processor time and memory of all its processes',
  runs: 1,
  measure: async ({ runs, reportProgress, stop }) => {
    const shares: number[] = [];
    let memoryBytes = 0;
    await withBenchPlatform(stop, async (_, { pid, instance_id }) => {
      const usage = () => measureUsage(pid, `PLATFORM_INSTANCE=${instance_id}`);
      await pause(SETTLE_MS);
      for (let n = 1; n <= runs; n++) {
        const [before, from] = [usage(), performance.now()];
        await pause(SAMPLE_MS);
        const after = usage();
        shares.push((after.cpuMs - before.cpuMs) / (performance.now() - from));
        memoryBytes = Math.max(memoryBytes, after.memoryBytes);
        reportProgress(`idle ${n} of ${runs}: ${(shares.at(-1)! * 100).toFixed(2)} % of one core`);
      }
    });
    const percent = Math.max(...shares) * 100;
    const row = { baseline: '–' };
    return [
      {
        ...row,
        title: 'idle platform, processor time of all processes',
        result: `${percent.toFixed(2)} % of one core`,
        limit: '2 %',
        goal: '0.5 %',
        figures: { one_core_percent: percent },
      },
      {
        ...row,
        title: 'idle platform, memory of all processes',
        result: `${(memoryBytes / MIB).toFixed(0)} MiB`,
        limit: '250 MiB',
        goal: '130 MiB',
        figures: { memory_bytes: memoryBytes },
      },
    ];
  },
};
