import { STANDALONE_NAME } from '../../contract/standalone-workers';

/** What names the worker processes of a platform. */
interface NamedWorkers {
  readonly instance: string;
  readonly workerName: string | null;
}

/** The form of the name of a standalone worker. */
export const isWorkerName = (text: string): boolean => new RegExp(STANDALONE_NAME).test(text);

/** What a name is, for messages. */
export const WORKER_NAME_FORM = 'up to 63 lower-case letters, digits, - and _; the first is a letter or digit';

const namePrefix = (instance: string): string => `${instance}-w`;

/** Name of the process with this number, 1 the first. */
export const processName = (instance: string, number: number): string => `${namePrefix(instance)}${number}`;

/** Whether the process is of the platform itself, and of no tenant. */
export const isOwnProcess = (instance: string, name: string): boolean => name.startsWith(namePrefix(instance));

/** The name under which the process registers: that of the setting, if there is one. */
export function registeredName({ instance, workerName }: NamedWorkers, name: string): string {
  if (workerName === null || !isOwnProcess(instance, name)) return name;
  return numberedName(workerName, Number(name.slice(namePrefix(instance).length)));
}

const numberedName = (name: string, number: number): string => (number === 1 ? name : `${name}-${number}`);

/** Names that only one platform may use: those of the setting. */
export const namesToReserve = ({ workerName, workers }: { workerName: string | null; workers: number }): string[] =>
  workerName === null ? [] : Array.from({ length: workers }, (_, index) => numberedName(workerName, index + 1));
