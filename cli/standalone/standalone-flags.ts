import type { WorkerPlacement } from '../../platform/base/worker-placement';

/** Parsed options: those that were not given are absent. */
export interface StandaloneFlags {
  readonly api: string;
  readonly name: string;
  readonly tokenFile?: string;
  readonly token?: string;
  readonly label?: WorkerPlacement['labels'];
  readonly taint?: WorkerPlacement['taints'];
  readonly slots?: number;
  readonly directory?: string;
  readonly json?: true;
  readonly exitWithStdin?: true;
}
