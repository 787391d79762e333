import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

/** What the figures depend on. */
export interface Machine {
  readonly system: string;
  readonly cores: number;
  readonly processor: string;
  readonly memory: string;
  readonly node: string;
  /** Mean number of runnable processes in the last minute before the start: above the cores, the figures are worse than they need be. */
  readonly load: string;
}

export const thisMachine = (): Machine => ({
  system: `${platform()} ${arch()}`,
  cores: cpus().length,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memory: `${(totalmem() / 1_024 ** 3).toFixed(0)} GiB`,
  node: process.version,
  load: loadavg()[0]!.toFixed(1),
});
