import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runForNoExecution } from '../crash';
import type { Cgroup } from '../process/cgroup';
import type { PreforkProcess } from '../process/pool/prefork-process';
import { confinedProcess, programRequest } from './confined-process';
import { ConfinementReports, type ConfinementReport } from './confinement-reports';
import type { ConfinementSpec } from './confinement-spec';
import { interpretedRequest } from './warm-interpreter';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';

/** A process that starts confinements. */
export interface ConfinementLauncher {
  /** False: it has ended, and starts no more. */
  isOpen(): boolean;
  /** Rejects with the reason why the host does not confine the process. */
  start(spec: ConfinementSpec, cgroup: Cgroup | null): Promise<PreforkProcess>;
  /** Resolves when it has ended. Confinements that still run go on. */
  close(): Promise<void>;
}

interface LauncherOptions {
  /** Path of Python. */
  readonly python: string;
  /** Directory of the project. */
  readonly root: string;
  /** Complete environment, also of the processes that wait. */
  readonly variables: Readonly<Record<string, string>>;
  readonly onWarning: (text: string) => void;
}

type LauncherMessage = (ConfinementReport & { readonly id: number }) | { readonly warning: string };

/** Of the program, as Node has no functions for namespaces and mounts. `root`: of the project. */
export const launcherDirectory = (root: string): string => join(root, 'platform', 'worker', 'isolation', 'launcher');
const MAX_PROBLEM_CHARS = 4_096;

export function openConfinementLauncher({ python, root, variables, onWarning }: LauncherOptions): ConfinementLauncher {
  const child = runForNoExecution(() =>
    spawn(python, ['-I', '-S', '-B', launcherDirectory(root)], { cwd: '/', env: variables, detached: true }),
  );
  const confinements = new Map<number, ConfinementReports>();
  let count = 0;
  let endReason: string | null = null;
  let problems = '';
  const end = (reason: string) => {
    endReason ??= reason;
    for (const reports of confinements.values()) reports.lose(reason);
    confinements.clear();
  };
  child.on('error', (error) => end(error.message));
  const closed = once(child, 'close').catch(() => undefined); // `error` reports it
  child.on('close', () => end(problems.trim().split('\n').at(-1) || 'the launcher of confinements ended'));
  child.stdin.on('error', () => undefined); // `close` reports its end
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problems = (problems + text).slice(-MAX_PROBLEM_CHARS);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = parseJsonText(line) as LauncherMessage;
    if ('warning' in message) return onWarning(message.warning);
    const { id, ...report } = message;
    const reports = confinements.get(id);
    reports?.receive(report);
    if (reports?.hasEnded === true) confinements.delete(id);
  });
  const request = (body: object) => void child.stdin.write(`${writeJson(body)}\n`);
  return {
    isOpen: () => endReason === null,
    start: (confinement, cgroup) => {
      const id = ++count;
      const reports = new ConfinementReports();
      if (endReason === null) confinements.set(id, reports);
      else reports.lose(endReason);
      request({ id, confinement });
      const onOpened = () => request({ id, opened: true });
      const requestOf = confinement.interpreter === null ? programRequest : interpretedRequest;
      return confinedProcess({ launcher: child.pid!, reports, cgroup, requestOf, onOpened });
    },
    close: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
