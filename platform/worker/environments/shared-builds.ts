import { join } from 'node:path';
import type { Preparation } from '../runtimes/runtime';
import { RELINQUISHED } from '../stop-reasons';
import { environmentsOf } from '../surroundings';
import { buildNode, type Built } from './build-node';

/** A build that failed is not repeated for each execution: the answer of the first stands for a while. */
const FAILURE_HOLDS_MS = 30_000;

interface Building {
  readonly end: Promise<Built>;
  readonly giveUp: AbortController;
}

/** Builds of this worker, by directory. */
const builds = new Map<string, Building>();

/**
 * Is the environment built? Attempts that need the same one wait for one build. Each of them tells a failure in its own
 * log; the one that builds tells the rest. False when the attempt is stopped while it waits.
 */
export async function built(
  preparation: Preparation,
  directory: string,
  manifests: ReadonlyMap<string, Buffer>,
): Promise<boolean> {
  const building = builds.get(directory) ?? begin(preparation, directory, manifests);
  const end = await whicheverFirst(building, preparation.stop);
  if (end === null) return false;
  if (!end.ready) await told(preparation, directory, 'failed', end);
  return end.ready;
}

/** A cancelled attempt leaves and the others go on waiting; a worker that goes away takes the build with it. */
async function whicheverFirst({ end, giveUp }: Building, stop: AbortSignal): Promise<Built | null> {
  let leave: (() => void) | undefined;
  const stopped = new Promise<null>((resolve) => {
    leave = () => {
      if (stop.reason === RELINQUISHED) giveUp.abort();
      resolve(null);
    };
    stop.addEventListener('abort', leave, { once: true });
    if (stop.aborted) leave();
  });
  try {
    return await Promise.race([end, stopped]);
  } finally {
    if (leave) stop.removeEventListener('abort', leave);
  }
}

function begin(preparation: Preparation, directory: string, manifests: ReadonlyMap<string, Buffer>): Building {
  const giveUp = new AbortController();
  const building = { giveUp, end: build(preparation, directory, manifests, giveUp.signal) };
  builds.set(directory, building);
  void building.end.then(({ ready }) => {
    if (ready) builds.delete(directory);
    else setTimeout(() => builds.delete(directory), FAILURE_HOLDS_MS).unref();
  });
  return building;
}

async function build(
  preparation: Preparation,
  directory: string,
  manifests: ReadonlyMap<string, Buffer>,
  stop: AbortSignal,
): Promise<Built> {
  const { attempt, surroundings } = preparation;
  await told(preparation, directory, 'started');
  const end = await buildNode({
    directory,
    manifests,
    cache: join(environmentsOf(surroundings, attempt), '.npm'),
    registry: surroundings.npmRegistry,
    killGraceMs: surroundings.killGraceMs,
    marker: `${surroundings.instance}:environment:${directory}`,
    stop,
  });
  if (end.ready) await told(preparation, directory, 'ready', end);
  return end;
}

const told = (
  { attempt, note }: Preparation,
  directory: string,
  phase: 'started' | 'ready' | 'failed',
  end?: Built,
): Promise<void> =>
  note('ENVIRONMENT_BUILD', {
    phase,
    runtime: 'nodejs',
    pack: attempt.packRef,
    directory,
    ...(end && { seconds: end.seconds, log: end.log }),
  });
