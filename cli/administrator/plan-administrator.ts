import { isLoopback } from '../serve/loopback';
import { usageError } from '../failures';

interface AdministratorFacts {
  readonly host: string;
  /** The identities stay when the platform ends: in a data directory, or in a given database. */
  readonly areIdentitiesKept: boolean;
  /** `--compat attune`. */
  readonly isCompatible: boolean;
  /** PLATFORM_EXTENSIONS; off asks for the known password too. */
  readonly extensions: boolean;
  /** `--admin-password-file`. */
  readonly passwordFile: string | null;
}

/** How the first administrator gets its password. */
export interface AdministratorPlan {
  /** The one that contract clients use by default; otherwise a random one. */
  readonly isPasswordKnown: boolean;
  /** Other hosts can reach the platform. */
  readonly isExposed: boolean;
  /** Where a random password is written; null: it is printed. */
  readonly passwordFile: string | null;
}

/** Throws CommandError, exit 2, for options that contradict each other. */
export function planAdministrator(facts: AdministratorFacts): AdministratorPlan {
  const { host, areIdentitiesKept, isCompatible, extensions, passwordFile } = facts;
  const isPasswordKnown = !areIdentitiesKept || isCompatible || !extensions;
  const isExposed = !isLoopback(host);
  if (isPasswordKnown && isExposed)
    throw usageError(
      `--host ${host} would expose the known password to the network: ${RANDOM_REMEDY}; or ${LOOPBACK_REMEDY}`,
    );
  if (isPasswordKnown && passwordFile !== null)
    throw usageError(`--admin-password-file has no use with the known password: ${RANDOM_REMEDY}`);
  return { isPasswordKnown, isExposed, passwordFile };
}

const RANDOM_REMEDY = 'give --data DIR or --database-url URL, without --compat attune and PLATFORM_EXTENSIONS=off';
const LOOPBACK_REMEDY = 'listen on 127.0.0.1 and forward to it (ssh -L)';
