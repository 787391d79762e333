/** A time in which something ran. */
export interface RunSpan {
  readonly kind: 'test' | 'request' | 'execution' | 'attempt';
  readonly name: string;
  /** Unique among the spans of a test. */
  readonly key: string;
  readonly parent: RunSpan | null;
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  /** The process of a test, or the worker of an attempt; null: unknown, or none. */
  readonly place: number | null;
  /** Why it failed; null: it did not. */
  readonly error: string | null;
  /** By the names of OpenTelemetry, where it has one. */
  readonly attributes: Readonly<Record<string, string | number>>;
}
