import { resolve } from 'node:path';
import type { Env } from '../../contract/environment';

const DEFAULT_DIRECTORY = 'results';

/** The absolute path of the directory for the results of runs: E2E_RESULTS, else `results`. */
export const resultsDirectory = (root: string, env: Env): string => resolve(root, env.E2E_RESULTS || DEFAULT_DIRECTORY);
