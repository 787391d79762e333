/** One row of the table: what was measured, what it must reach at least, what it aims for, and a yardstick of this machine. */
export interface Measurement {
  readonly what: string;
  readonly measured: string;
  readonly floor: string;
  readonly reach: string;
  /** The nearest thing without a platform, measured in the same minute. */
  readonly beside: string;
  /** The same as bare numbers, for programs; the unit ends each name. */
  readonly figures: Readonly<Record<string, number>>;
  /** What it consists of, where a reader would want to know which is to blame. */
  readonly parts?: readonly Part[];
}

export interface Part {
  readonly name: string;
  readonly measured: string;
}

export interface Round {
  /** How often to repeat; every question says what it repeats. */
  readonly runs: number;
  /** One line of progress for whoever waits. */
  readonly say: (line: string) => void;
  /** Aborts on Ctrl-C: nothing is measured any more, and what was started ends. */
  readonly stop: AbortSignal;
}

/** One file of this room. */
export interface Question {
  readonly name: string;
  readonly about: string;
  /** Repetitions when nobody says otherwise. */
  readonly runs: number;
  measure(round: Round): Promise<Measurement[]>;
}
