import { actionLatencyBenchmark } from './action-latency';
import { bootBenchmark } from './boot';
import { idleBenchmark } from './idle';
import type { Benchmark } from './benchmark';
import { recordsBenchmark } from './records';
import { reportPageBenchmark } from './report-page';
import { sequenceBenchmark } from './sequence';
import { scalingBenchmark } from './scaling';
import { storedBytesBenchmark } from './stored-bytes';
import { throughputBenchmark } from './throughput';
import { fileBenchmark, tierBenchmark, tiersBenchmark } from './tier';
import { busyHostBenchmark } from './busy-host';
import { growthBenchmark } from './growth';
import { visibleEndBenchmark } from './visible-end';
import { webhookRunsBenchmark } from './webhook-runs';
import { withItemsBenchmark } from './with-items';

/** All benchmarks, in the order of the page. */
export const BENCHMARKS: readonly Benchmark[] = [
  bootBenchmark,
  idleBenchmark,
  fileBenchmark,
  tierBenchmark,
  tiersBenchmark,
  actionLatencyBenchmark,
  visibleEndBenchmark,
  throughputBenchmark,
  busyHostBenchmark,
  scalingBenchmark,
  sequenceBenchmark,
  webhookRunsBenchmark,
  withItemsBenchmark,
  recordsBenchmark,
  growthBenchmark,
  storedBytesBenchmark,
  reportPageBenchmark,
];
