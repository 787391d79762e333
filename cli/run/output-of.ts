import type { Execution } from '../../contract/executions';
import { isObject, type Json } from '../../contract/json';

/** A result without `succeeded`, which the status states. */
export const outputOf = ({ result }: Execution): Json =>
  isObject(result) ? Object.fromEntries(Object.entries(result).filter(([name]) => name !== 'succeeded')) : result;
