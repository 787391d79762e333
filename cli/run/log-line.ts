import type { LogEntry } from '../../contract/executions';
import { writeJson } from '../../contract/json-text/write-json';
import { colours } from '../colours';

/** One line of a log: time, type, and what its payload names. */
export function logLine({ created_at, execution, type, payload }: LogEntry): string {
  const { dim, green, red } = colours();
  const paint =
    type.endsWith('FAILED') || type === 'EXECUTION_ABANDONED' ? red : type.endsWith('COMPLETED') ? green : String;
  const facts = Object.entries(payload).map(([name, value]) => `${name}=${writeJson(value)}`);
  return [dim(created_at), paint(type.padEnd(19)), dim(`#${execution}`), ...facts].join('  ');
}
