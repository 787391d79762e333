import { actionLatencyBenchmark } from './action-latency';
import { bootBenchmark } from './boot';
import { idleBenchmark } from './idle';
import type { Benchmark } from './benchmark';
import { sequenceBenchmark } from './sequence';
import { storedBytesBenchmark } from './stored-bytes';
import { throughputBenchmark } from './throughput';
import { tierBenchmark, tiersBenchmark } from './tier';
import { withItemsBenchmark } from './with-items';

/** All benchmarks, in the order of the page. */
export const BENCHMARKS: readonly Benchmark[] = [
  bootBenchmark,
  idleBenchmark,
  tierBenchmark,
  tiersBenchmark,
  actionLatencyBenchmark,
  throughputBenchmark,
  sequenceBenchmark,
  withItemsBenchmark,
  storedBytesBenchmark,
];
