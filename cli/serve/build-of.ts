import { createHash } from 'node:crypto';
import { bundleDigest } from '../../bin/load-program';
import type { LaunchOptions } from '../launch-options';

/** Identifies the running program. */
export const buildOf = ({ bundle }: LaunchOptions): string =>
  (bundleDigest(bundle) ?? createHash('sha256').update(bundle).digest('hex')).slice(0, 16);
