import { dirname, join } from 'node:path';
import type { WorkerContext } from '../worker-context';
import type { ProgramPlan } from './runtime';
import { writeJson } from '../../../contract/json-text/write-json';

/** Several times the memory of the largest response. */
const HEAP_MIB = 192;

/**
 * `core.http_request` as a process of its own: the response of an untrusted server is parsed and
 * decompressed in a process without a database connection. See docs/decisions/http-requests.md.
 */
export const httpRequestPlan = ({ egress, program }: WorkerContext): ProgramPlan => ({
  kind: 'program',
  command: process.execPath,
  args: [`--max-old-space-size=${HEAP_MIB}`, join(dirname(program), 'http-request.cjs'), writeJson(egress)],
  variables: { platformOnly: true },
  input: 'parameters',
  interpreter: { optionCount: 1, waiter: 'wait.js' },
});
