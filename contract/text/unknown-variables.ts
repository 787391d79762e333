import type { Env } from '../environment';
import { didYouMean } from './closest-match';
import { OWN_VARIABLES, READ_VARIABLES } from './variable-names';

/** What Kubernetes sets in each container for a service whose name is `platform…`. */
const SERVICE = /_(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/**
 * One sentence for each variable that has one of the prefixes and that no code reads: a misspelled
 * one would leave its setting at the default. No values: some are secret.
 */
export function unknownVariables(env: Env, prefixes: readonly string[]): string[] {
  const isKnown = (name: string): boolean =>
    READ_VARIABLES.includes(name) ||
    OWN_VARIABLES.includes(name) ||
    (env.KUBERNETES_SERVICE_HOST !== undefined && SERVICE.test(name));
  return Object.keys(env)
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)) && !isKnown(name))
    .sort()
    .map((name) => `VARIABLE_UNKNOWN: ${name} is no variable that is read${suggestion(name)}`);
}

/** By its spelling, else the first name that continues it. */
function suggestion(name: string): string {
  const longer = READ_VARIABLES.find((known) => known.startsWith(`${name}_`));
  return didYouMean(name, READ_VARIABLES) || (longer === undefined ? '' : `. Did you mean '${longer}'?`);
}
