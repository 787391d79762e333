import type { Status as ExecutionStatus } from '../../../contract/status';
import { signOfStatus } from '../../components/status';
import { Signed } from './signed';

/** The status of an execution. */
export const Status = ({ status }: { readonly status: ExecutionStatus }) => (
  <Signed sign={signOfStatus(status)} text={status} />
);
