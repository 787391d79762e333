import { WORKER_CALLS, type WorkerAccess } from './worker-access';

/**
 * The same access with some calls replaced: a plain object. The others run on `access` itself,
 * which keeps what one call leaves for the next.
 */
export const replaceCalls = (access: WorkerAccess, replaced: Partial<WorkerAccess>): WorkerAccess => ({
  ...methodsFor<WorkerAccess>(WORKER_CALLS, (name, args) => Reflect.apply(access[name], access, args)),
  ...replaced,
});

/** An object with a method for each of these calls. */
export const methodsFor = <Access>(
  names: readonly (keyof Access & string)[],
  call: (name: keyof Access & string, args: readonly unknown[]) => unknown,
): Access =>
  Object.fromEntries(names.map((name) => [name, (...args: readonly unknown[]) => call(name, args)])) as Access;
