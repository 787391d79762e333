import { DomainError } from '../../base/domain-error';

/** Names that no shell, interpreter or tool takes code, options or a place from. */
const FREE_NAME = /^PARAM_[A-Za-z0-9_]+$/;

/** An action to run, with the variables that it declares, by name. */
interface Executed {
  readonly ref: string;
  readonly isWorkflow: boolean;
  readonly envSchema: Readonly<Record<string, unknown>>;
}

/**
 * The first variable that needs the right to change the action: any but those that it declares,
 * and `PARAM_…`. Null: none. Who sets another one may decide what runs in its name (`PATH`,
 * `TAR_OPTIONS`, `http_proxy`), and no list of such names is complete. What a workflow is given,
 * each of its tasks gets: it declares none.
 */
export function findUndeclaredVariable(
  variables: Readonly<Record<string, string>> | null | undefined,
  { isWorkflow, envSchema }: Executed,
): string | null {
  const isDeclared = (name: string): boolean => !isWorkflow && Object.hasOwn(envSchema, name);
  return Object.keys(variables ?? {}).find((name) => !FREE_NAME.test(name) && !isDeclared(name)) ?? null;
}

/** FORBIDDEN, for a caller who may execute the action and not change it. */
export function undeclaredVariableError(name: string, { ref, isWorkflow }: Executed): DomainError {
  const remedy = isWorkflow
    ? `name it PARAM_…, or have the right to change all actions: the tasks of ${ref} get it, too`
    : `name it PARAM_…, declare it in the env_schema of ${ref}, or have the right to change ${ref}`;
  return new DomainError('FORBIDDEN', `the variable ${name} is not declared: ${remedy}`, {
    reason: 'VARIABLE_UNDECLARED',
    path: `env_vars/${name}`,
  });
}
