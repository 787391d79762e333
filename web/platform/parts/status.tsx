import type { Status as ExecutionStatus } from '../../../contract/status';
import { signOfStatus } from '../../components/status';

/** The status of an execution: its sign, its color, and its name. */
export function Status({ status }: { readonly status: ExecutionStatus }) {
  const { sign, tone } = signOfStatus(status);
  return (
    <span class={`status ${tone}`}>
      <span aria-hidden="true">{sign}</span> {status}
    </span>
  );
}
