import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

/** The machine that the results depend on. */
export interface Machine {
  readonly system: string;
  readonly cores: number;
  readonly processor: string;
  readonly memory: string;
  readonly node: string;
  /**
   * Load average of the minute before the start. Above the number of cores the results are worse.
   */
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
