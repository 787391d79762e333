import type { Surroundings } from '../surroundings';
import type { ProgramPlan } from './runtime';

/** What a whole answer takes, several times over. */
const HEAP_MIB = 192;

/**
 * `core.http_request` as a process of its own: what a stranger's server answers is parsed, inflated and held where no
 * connection to the database is. See docs/decisions/http-requests.md.
 */
export const httpRequest = ({ egress, program }: Surroundings): ProgramPlan => ({
  kind: 'program',
  command: process.execPath,
  args: [`--max-old-space-size=${HEAP_MIB}`, program, 'http-request', JSON.stringify(egress)],
  variables: { closed: true, set: { NODE_PATH: process.env.NODE_PATH ?? '' } },
  input: 'parameters',
});
