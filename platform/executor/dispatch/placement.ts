import { satisfies, coerce, validRange } from 'semver';
import type { Unavailable } from '../../../contract/waiting';
import type { WorkerFit } from '../../core/waiting/facts';
import {
  affinityWeight,
  labelRequirements,
  untoleratedTaints,
  type PlacementTerms,
  type Requirement,
} from '../../core/worker/placement';
import type { WorkerState } from '../../store/workers/workers';

/** What an execution requires of the worker that runs it. */
export interface PlacementDemand extends PlacementTerms {
  /** Name of the action's runtime; null: any worker. */
  readonly runtime: string | null;
  readonly versionConstraint: string | null;
  /** Further runtimes the worker must have, by name: a version constraint, `*` for any. */
  readonly required: Readonly<Record<string, string>>;
}

export type Placement =
  | { readonly kind: 'worker'; readonly worker: number }
  /** A compatible worker exists, but none accepts work at this moment. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'unschedulable'; readonly reason: string };

/** A semver range: `3.12` means `~3.12`, and a comma means `and`. */
const semverRange = (constraint: string): string | null => {
  const parts = constraint.split(',').map((part) => part.trim());
  return validRange(parts.map((part) => (/^\d/.test(part) ? `~${part}` : part)).join(' '));
};

function satisfiesConstraint(found: string | undefined, constraint: string | null): boolean {
  if (found === undefined) return false;
  if (constraint === null || constraint === '' || constraint === '*') return true;
  const version = coerce(found);
  const range = semverRange(constraint);
  return version !== null && range !== null && satisfies(version, range);
}

/** What a worker needs to be compatible. */
const requirementsOf = (demand: PlacementDemand): Requirement<WorkerState>[] => [
  ...(demand.runtime === null ? [] : [runtimeRequirement(demand.runtime, demand.versionConstraint)]),
  ...Object.entries(demand.required).map(([name, constraint]) => runtimeRequirement(name, constraint)),
  ...labelRequirements(demand),
];

const runtimeRequirement = (name: string, constraint: string | null): Requirement<WorkerState> => ({
  text: `runtime ${name} ${constraint ?? ''}`.trim(),
  isMet: ({ runtimes }) => satisfiesConstraint(runtimes[name], constraint),
});

const compatibleWorkers = (workers: readonly WorkerState[], requirements: readonly Requirement<WorkerState>[]) =>
  workers.filter((worker) => requirements.every(({ isMet }) => isMet(worker)));

/** Which workers could run it, and why they get nothing. */
export function fitOf(workers: readonly WorkerState[], demand: PlacementDemand): WorkerFit {
  const requirements = requirementsOf(demand);
  const compatible = compatibleWorkers(workers, requirements);
  const missing = compatible.length > 0 ? [] : missingTexts(workers, requirements);
  const causes = compatible.map((worker) => ({ worker: worker.id, name: worker.name, cause: closedCause(worker) }));
  const unavailable = causes.flatMap(({ cause, ...worker }) => (cause === null ? [] : [{ ...worker, cause }]));
  const isOpen = unavailable.length < compatible.length;
  return { workers: workers.length, missing, unavailable: isOpen ? [] : unavailable };
}

/** What no worker has; where each has some of it, all that no worker has at once. */
function missingTexts(workers: readonly WorkerState[], requirements: readonly Requirement<WorkerState>[]): string[] {
  const unmet = requirements.filter(({ isMet }) => !workers.every(isMet));
  const absent = unmet.filter(({ isMet }) => !workers.some(isMet));
  return (absent.length > 0 ? absent : unmet).map(({ text }) => text);
}

/** Why a worker gets no work; null: it gets some. */
function closedCause(worker: WorkerState): Unavailable['cause'] | null {
  if (worker.status !== 'active') return 'inactive';
  if (worker.cordoned) return 'cordoned';
  if (worker.isReserved) return 'reserved';
  if (!worker.isFresh) return 'silent';
  return worker.isShortOfSpace ? 'short_of_space' : null;
}

const acceptsWork = (worker: WorkerState): boolean => closedCause(worker) === null;

/**
 * The least loaded of the most preferred compatible workers. `loads` counts placements since
 * `workers` was read.
 */
export function placeExecution(
  workers: readonly WorkerState[],
  demand: PlacementDemand,
  loads: ReadonlyMap<number, number>,
): Placement {
  const requirements = requirementsOf(demand);
  const compatible = compatibleWorkers(workers, requirements);
  if (compatible.length === 0) return { kind: 'unschedulable', reason: unplaceableReason(workers, requirements) };
  const load = (worker: WorkerState) => (worker.load + (loads.get(worker.id) ?? 0)) / worker.slots;
  const untoleratedCount = ({ taints }: WorkerState) =>
    untoleratedTaints(taints, demand.tolerations, 'prefer_no_schedule').length;
  const weight = ({ labels }: WorkerState) => affinityWeight(labels, demand.affinity);
  const [best] = compatible
    .filter(acceptsWork)
    .sort(
      (a, b) => untoleratedCount(a) - untoleratedCount(b) || weight(b) - weight(a) || load(a) - load(b) || a.id - b.id,
    );
  return best ? { kind: 'worker', worker: best.id } : { kind: 'wait' };
}

function unplaceableReason(workers: readonly WorkerState[], requirements: readonly Requirement<WorkerState>[]): string {
  if (workers.length === 0) return 'No worker is registered';
  return `No compatible worker: none of ${workers.length} has ${missingTexts(workers, requirements).join(', ')}`;
}
