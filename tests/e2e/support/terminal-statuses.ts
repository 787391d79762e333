import { TERMINAL } from '../../../contract/status';
import type { Client } from '../../../helpers/client/client';

/** The terminal statuses that an execution has had, as its history lists them. */
export const terminalStatuses = async (client: Client, id: number) =>
  (await client.history.ofExecution(id))
    .flatMap(({ new_values }) => new_values?.status ?? [])
    .filter((status) => TERMINAL.some((each) => each === status));
