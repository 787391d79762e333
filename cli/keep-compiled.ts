import { storeCached } from '../bin/content-cache';
import type { LaunchOptions } from './launch-options';

/** Of the last four states of the sources: commands, workers, and what reads packs. */
const KEPT_FILES = 12;

/** Keeps what has been compiled until now, so that the next start need not compile it. */
export function keepCompiled({ compiled }: LaunchOptions): void {
  if (compiled) storeCached(compiled.path, compiled.code(), KEPT_FILES);
}
