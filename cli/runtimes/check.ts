import { RUNTIME_MANIFEST } from '../../contract/runtime-manifest';
import { usageError } from '../failures';
import { findDrift, type Drift } from './drift';
import { findPlaces } from './places';

export interface JsonFlag {
  readonly json?: boolean;
}

/** Compares every place with the manifest. Exit 2, RUNTIME_REGISTRY_DRIFT, where one differs. */
export function checkRuntimes(root: string, { json = false }: JsonFlag): void {
  const places = findPlaces(root);
  const drift = findDrift(RUNTIME_MANIFEST, places);
  if (json) process.stdout.write(`${JSON.stringify({ places: places.map(({ place }) => place), drift })}\n`);
  if (drift.length > 0) throw usageError(drift.map(describe).join('\n'));
  if (!json) process.stdout.write(`${RUNTIME_MANIFEST.runtimes.length} runtimes in ${places.length} places\n`);
}

const describe = ({ runtime, place, is }: Drift): string =>
  is === 'missing'
    ? `RUNTIME_REGISTRY_DRIFT: ${runtime} is missing in ${place}: run \`npx tuningfork runtimes write\`, or add it`
    : `RUNTIME_REGISTRY_DRIFT: ${runtime} is in ${place}, and missing in the manifest`;
