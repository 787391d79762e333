/** One row of the table. */
export interface Measurement {
  readonly title: string;
  readonly result: string;
  /** The worst acceptable result on two cores. */
  readonly limit: string;
  /** Whether the result is worse than the limit; absent: the limit decides nothing. */
  readonly isBeyond?: boolean;
  readonly goal: string;
  /** The nearest comparable work without a platform, measured in the same run. */
  readonly baseline: string;
  /** The result as numbers, for programs; each name ends in its unit. */
  readonly figures: Readonly<Record<string, number>>;
  /** The parts that the result is the sum or the maximum of. */
  readonly parts?: readonly MeasurementPart[];
}

export interface MeasurementPart {
  readonly name: string;
  readonly result: string;
}

export interface BenchmarkRun {
  /** Number of repetitions. */
  readonly runs: number;
  /** Prints one line of progress. */
  readonly reportProgress: (line: string) => void;
  /** Aborts on Ctrl-C: the measurement stops, and so does what it started. */
  readonly stop: AbortSignal;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Number of repetitions without `--runs`. */
  readonly runs: number;
  measure(run: BenchmarkRun): Promise<Measurement[]>;
}
