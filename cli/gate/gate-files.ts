import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { historyText, parseHistory, type HistoryEntry } from '../../tools/gate/history';
import { parsePolicy, type Policy } from '../../tools/gate/policy';
import { messageOf } from '../../helpers/errors';
import { makeDirectory } from '../../helpers/make-directory';
import { CommandError, usageError } from '../failures';

/** Options that every command of the gate has. */
export interface GateFlags {
  readonly policy: string;
  readonly json?: true;
}

/** Those of the commands that read or write the history. */
export interface HistoryFlags extends GateFlags {
  readonly history: string;
}

/** The policy, and its text to be edited. Throws CommandError or GateError. */
export function readPolicy(path: string): { readonly policy: Policy; readonly text: string } {
  if (!existsSync(path)) throw usageError(`POLICY_MISSING: there is no file ${path}`);
  const text = readFileSync(path, 'utf8');
  return { policy: parsePolicy(text), text };
}

/** Replaces the file as a whole: a reader has the old text or the new one. */
export function writePolicy(path: string, text: string): void {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}

/** Empty without a file: nothing has been recorded yet. */
export const readHistory = (path: string): HistoryEntry[] =>
  existsSync(path) ? parseHistory(readFileSync(path, 'utf8')) : [];

/** Throws CommandError, exit 3, where the file system refuses it. */
export function appendHistory(path: string, entries: readonly HistoryEntry[]): void {
  try {
    makeDirectory(dirname(resolve(path)));
    appendFileSync(path, historyText(entries));
  } catch (error) {
    throw new CommandError(`HISTORY_NOT_WRITTEN: ${path}: ${messageOf(error)}: give another --history`);
  }
}

/** The day by the clock of this host, UTC. */
export const today = (): string => new Date().toISOString().slice(0, 10);
