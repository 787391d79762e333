import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors';
import { makeDirectory } from '../make-directory';
import { redact, secretsOf } from '../report/redact';
import type { Redact } from '../report/xml';
import { lastLoggedError } from '../scenario/evidence/platform-log';
import { readLogEnd } from '../target/start/platform-log-file';
import type { RunFacts } from '../target/run-facts';
import { projectPath } from './last-run';

/** Of a log, the whole lines at its end. */
const MOST_BYTES = 32 * 1_024 * 1_024;
const OWNER_ONLY = 0o600;

export interface KeptLog {
  readonly path: string;
  /** Without secrets. */
  readonly text: string;
}

const pathOf = (directory: string, run: string): string => join(directory, `${run}.platform.log`);

/**
 * Copies the log of a platform, which is removed with it, to `<run>.platform.log` in a directory
 * of results. Throws what the file system throws.
 */
export function keepLog(log: string, directory: string, run: string, redactText: Redact): KeptLog {
  const path = pathOf(directory, run);
  const text = redactText(readLogEnd(log, MOST_BYTES));
  makeDirectory(directory);
  writeFileSync(path, text, { mode: OWNER_ONLY });
  return { path, text };
}

/** The lines about a log that was kept: where it is, and its last error with its place. */
export function keptLogLines(root: string, { path, text }: KeptLog): string[] {
  const error = lastLoggedError(text);
  return [`Log:         ${projectPath(root, path)}`, ...(error === null ? [] : [`Last error:  ${error}`])];
}

/** Replaces the secrets of a run in a text. */
export function redactionOf({ token, databaseUrl }: Pick<RunFacts, 'token' | 'databaseUrl'>): Redact {
  const secrets = [...secretsOf(process.env), token, databaseUrl ?? ''];
  return (text) => redact(text, secrets);
}

/**
 * Keeps the log of a run that something after its tests made red, unless it is kept already.
 * Returns lines about it, also where that fails.
 */
export function keepLogAtEnd(root: string, directory: string, facts: RunFacts): string[] {
  if (facts.log === null || existsSync(pathOf(directory, facts.run))) return [];
  try {
    return keptLogLines(root, keepLog(facts.log, directory, facts.run, redactionOf(facts)));
  } catch (error) {
    return [`the log is not written: ${messageOf(error)}`];
  }
}
