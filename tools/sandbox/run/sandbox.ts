import type { Ledger } from '../ledger/ledger';
import type { Manifest } from '../manifest/manifest';
import type { Transport } from '../transport/transport';
import type { RunNames } from '../ledger/run-name';

/** One copy of a repository on a host, while it is run. */
export interface Sandbox {
  readonly names: RunNames;
  readonly manifest: Manifest;
  /** Of the repository, on this host. */
  readonly root: string;
  /** Its scripts carry the mark of the run. */
  readonly transport: Transport;
  /** For the teardown, whose scripts end what carries the mark. */
  readonly unmarked: Transport;
  readonly ledger: Ledger;
  /** On the host of the stack: `tree` below it is the copy, `state` what its processes wrote. */
  readonly directory: string;
  /** Of this host: the ledger, the report and the output. */
  readonly results: string;
  /** Aborted by a signal: what was created is torn down. */
  readonly stop: AbortSignal;
}

/** The variables of the published ports, by name. */
export type Ports = Readonly<Record<string, number>>;

/** The variables that the services and the test command have besides their own, by name. */
export const variablesOf = ({ names, directory }: Sandbox, ports: Ports): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
  SANDBOX_RUN: names.name,
  SANDBOX_DIRECTORY: `${directory}/tree`,
});

/** The assignment that services and the test command have, and no script that runs them. */
export const programMark = ({ names }: Sandbox): string => `SANDBOX_RUN=${names.name}`;

/** `NAME=VALUE` for each of them. */
export const assignments = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([name, value]) => `${name}=${value}`);
