import { satisfies, coerce, validRange } from 'semver';
import type { Toleration } from '../../contract/actions';
import type { Affinity } from '../../contract/placement';
import type { WorkerState } from '../store/workers';
import { meets, untolerated, weightOf } from './affinity';

/** What an execution asks of the worker that runs it. */
export interface Demand {
  /** Name of the action's runtime; null runs anywhere. */
  readonly runtime: string | null;
  readonly versionConstraint: string | null;
  /** Further runtimes the worker must have, by name: a version constraint, `*` for any. */
  readonly required: Readonly<Record<string, string>>;
  /** Labels the worker must carry. */
  readonly selector: Readonly<Record<string, string>>;
  /** Taints of workers that are no reason to stay away. */
  readonly tolerations: readonly Toleration[];
  readonly affinity: Affinity;
}

export type Placement =
  | { readonly kind: 'worker'; readonly worker: number }
  /** A compatible worker exists, but none takes work just now. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'never'; readonly why: string };

/** `3.12` means `~3.12`; a comma means and. */
const rangeOf = (constraint: string): string | null => {
  const parts = constraint.split(',').map((part) => part.trim());
  return validRange(parts.map((part) => (/^\d/.test(part) ? `~${part}` : part)).join(' '));
};

function fits(found: string | undefined, constraint: string | null): boolean {
  if (found === undefined) return false;
  if (constraint === null || constraint === '' || constraint === '*') return true;
  const version = coerce(found);
  const range = rangeOf(constraint);
  return version !== null && range !== null && satisfies(version, range);
}

const hasLabels = (worker: WorkerState, selector: Demand['selector']): boolean =>
  Object.entries(selector).every(([label, value]) => worker.labels[label] === value);

const isCompatible = (worker: WorkerState, demand: Demand): boolean =>
  (demand.runtime === null || fits(worker.runtimes[demand.runtime], demand.versionConstraint)) &&
  Object.entries(demand.required).every(([name, constraint]) => fits(worker.runtimes[name], constraint)) &&
  hasLabels(worker, demand.selector) &&
  untolerated(worker.taints, demand.tolerations, 'no_schedule').length === 0 &&
  meets(worker.labels, demand.affinity);

const takesWork = (worker: WorkerState): boolean => worker.status === 'active' && !worker.cordoned && worker.fresh;

/** The least loaded of the compatible workers that are preferred most. `loads` counts what was placed since `workers` was read. */
export function place(workers: readonly WorkerState[], demand: Demand, loads: ReadonlyMap<number, number>): Placement {
  const compatible = workers.filter((worker) => isCompatible(worker, demand));
  if (compatible.length === 0) return { kind: 'never', why: whyNever(workers, demand) };
  const load = (worker: WorkerState) => (worker.load + (loads.get(worker.id) ?? 0)) / worker.slots;
  const shunned = ({ taints }: WorkerState) => untolerated(taints, demand.tolerations, 'prefer_no_schedule').length;
  const weight = ({ labels }: WorkerState) => weightOf(labels, demand.affinity);
  const [best] = compatible
    .filter(takesWork)
    .sort((a, b) => shunned(a) - shunned(b) || weight(b) - weight(a) || load(a) - load(b) || a.id - b.id);
  return best ? { kind: 'worker', worker: best.id } : { kind: 'wait' };
}

function whyNever(workers: readonly WorkerState[], demand: Demand): string {
  if (workers.length === 0) return 'No worker is registered';
  const asked = [
    demand.runtime === null ? [] : [`runtime ${demand.runtime} ${demand.versionConstraint ?? ''}`.trim()],
    Object.entries(demand.required).map(([name, constraint]) => `runtime ${name} ${constraint}`),
    Object.entries(demand.selector).map(([label, value]) => `label ${label}=${value}`),
    (demand.affinity.required ?? demand.affinity.anti_affinity) ? ['the labels of worker_affinity'] : [],
    workers.some(({ taints }) => taints.length > 0) ? ['taints that are tolerated'] : [],
  ].flat();
  return `No compatible worker: none of ${workers.length} has ${asked.join(', ')}`;
}
