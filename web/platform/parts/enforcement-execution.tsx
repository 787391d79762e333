import type { ExecutionSummary } from '../../../contract/executions';
import { list } from '../api';
import { useResource } from '../resource';
import { address, Link } from '../router';
import { Status } from './status';

/** The execution that an enforcement has started, with its status. */
export function EnforcementExecution({ enforcement }: { readonly enforcement: number }) {
  const { value } = useResource(
    `enforcement ${enforcement}`,
    { types: ['execution'], matter: ({ payload }) => payload.enforcement === enforcement },
    (signal) => list<ExecutionSummary>(`/api/v1/enforcements/${enforcement}/executions`, { per_page: 1 }, signal),
  );
  if (!value) return null;
  const [execution] = value.items;
  return execution ? (
    <>
      <Link to={address('executions', execution.id)}>{execution.id}</Link> <Status status={execution.status} />
    </>
  ) : (
    <span class="faint">none</span>
  );
}
