import type { JsonObject } from '../../../contract/json';
import { storable } from '../capture';
import type { Note } from '../runtimes/runtime';
import { RELINQUISHED } from '../stop-reasons';
import { build, type Built } from './build';
import type { Needed, Recipe } from './recipe';
import type { Report } from './report';
import { sizeOf } from './size';

/** A build that failed is not repeated for each execution: the answer of the first stands for a while. */
const FAILURE_HOLDS_MS = 30_000;
/** How often an execution's log tells how a build gets on. */
const PROGRESS_MS = 1_000;

export interface Request {
  readonly needed: Needed;
  readonly recipe: Recipe;
  readonly report: Report;
  /** The log of the execution that waits for it; null: nobody does yet. */
  readonly note: Note | null;
  readonly stop: AbortSignal;
  /** Also where there is one already. */
  readonly anew?: boolean;
}

type Tell = (phase: 'started' | 'waiting' | 'progress' | 'ready' | 'failed', more?: JsonObject) => Promise<void>;

interface Building {
  readonly end: Promise<Built>;
  readonly giveUp: AbortController;
  readonly listeners: Set<Tell>;
}

/** Builds of this worker, by directory and by the pack's files: a pack that was registered again is tried again. */
const builds = new Map<string, Building>();

/**
 * Is the environment built? All who need the same one wait for one build, and each tells how it went in its own log.
 * False when it failed, or when the one that asks is stopped while it waits.
 */
export async function built(request: Request): Promise<boolean> {
  const tell = teller(request);
  const key = `${request.recipe.directory} ${request.needed.pack.packDirectory}`;
  const under = request.anew ? undefined : builds.get(key);
  const building = under ?? begin(key, request);
  building.listeners.add(tell);
  if (await isPending(building.end)) await tell(under ? 'waiting' : 'started');
  const end = await whicheverFirst(building, request.stop);
  building.listeners.delete(tell);
  if (end === null) return false;
  await tell(end.ok ? 'ready' : 'failed', {
    seconds: end.seconds,
    log: end.log,
    ...(end.failing && { failing: end.failing }),
  });
  return end.ok;
}

const isPending = (end: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    end.then(() => false),
    new Promise<boolean>((resolve) => {
      setImmediate(resolve, true);
    }),
  ]);

function teller({ needed, recipe, note }: Request): Tell {
  const { runtime, directory } = recipe;
  return async (phase, more) => {
    await note?.('ENVIRONMENT_BUILD', { phase, runtime, pack: needed.pack.packRef, directory, ...more });
  };
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

function begin(key: string, request: Request): Building {
  const giveUp = new AbortController();
  const listeners = new Set<Tell>();
  const building: Building = { giveUp, listeners, end: carryOut(request, giveUp.signal, listeners) };
  builds.set(key, building);
  const forget = () => {
    if (builds.get(key) === building) builds.delete(key);
  };
  void building.end.then(({ ok }) => {
    if (ok) forget();
    else setTimeout(forget, FAILURE_HOLDS_MS).unref();
  });
  return building;
}

async function carryOut(
  { needed: { pack, surroundings }, recipe, report, anew = false }: Request,
  stop: AbortSignal,
  listeners: ReadonlySet<Tell>,
): Promise<Built> {
  const { runtime, contentHash, directory } = recipe;
  const record = { ...pack, runtime, contentHash };
  await report({ ...record, status: 'installing', sizeBytes: null, log: '', failing: null, superseded: [] });
  const marker = `${surroundings.instance}:environment:${directory}`;
  const said = progress(listeners);
  const end = await build(recipe, { killGraceMs: surroundings.killGraceMs, marker, stop, said }, anew);
  const sizeBytes = end.ok ? await sizeOf(directory) : null;
  const { log, failing, superseded } = end;
  await report({ ...record, status: end.ok ? 'ready' : 'failed', sizeBytes, log, failing, superseded });
  return end;
}

/** The last line that an installer said, once a second at most, to all who wait. */
function progress(listeners: ReadonlySet<Tell>): (said: Buffer) => void {
  let next = performance.now() + PROGRESS_MS;
  return (said) => {
    if (performance.now() < next) return;
    next = performance.now() + PROGRESS_MS;
    const line = storable(said).trimEnd().split('\n').at(-1) ?? '';
    for (const tell of listeners) void tell('progress', { line });
  };
}
