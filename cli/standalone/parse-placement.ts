import { InvalidArgumentError } from 'commander';
import { isWorkerName, WORKER_NAME_FORM } from '../../platform/base/worker-names';
import { NAME_LABEL, parseLabel, parseTaint, type WorkerPlacement } from '../../platform/base/worker-placement';

type Taints = WorkerPlacement['taints'];

/** Adds `key=value` to the labels. Throws InvalidArgumentError. */
export function addLabel(text: string, labels: WorkerPlacement['labels'] = {}): WorkerPlacement['labels'] {
  if (text.startsWith(`${NAME_LABEL}=`))
    throw new InvalidArgumentError(`The label ${NAME_LABEL} is the name: use --name.`);
  const label = parseLabel(text);
  if (label === null) throw new InvalidArgumentError('Use key=value.');
  const [key, value] = label;
  return { ...labels, [key]: value };
}

/** Adds `key=value:effect` or `key:effect` to the taints. Throws InvalidArgumentError. */
export function addTaint(text: string, taints: Taints = []): Taints {
  const taint = parseTaint(text);
  if (taint === null) throw new InvalidArgumentError('Use key=value:no_schedule or key:prefer_no_schedule.');
  return [...taints, taint];
}

/** Throws InvalidArgumentError. */
export function parseWorkerName(text: string): string {
  if (isWorkerName(text)) return text;
  throw new InvalidArgumentError(`Use ${WORKER_NAME_FORM}.`);
}
