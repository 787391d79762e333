import { appendFileSync } from 'node:fs';
import { messageOf } from './errors';

/** GitHub rejects the summary of a step above 1 MiB, and several commands may write to it. */
const MOST_BYTES = 256 * 1_024;
const CUT = '\n\n… the rest is cut: `tuningfork report` prints all of it\n';

/**
 * Appends Markdown to the summary of a step of GitHub Actions, where `GITHUB_STEP_SUMMARY` names
 * its file. Returns why it could not; null: it is written, or there is no such file.
 */
export function appendStepSummary(env: Readonly<Record<string, string | undefined>>, text: string): string | null {
  const path = env.GITHUB_STEP_SUMMARY;
  if (!path) return null;
  try {
    appendFileSync(path, shortened(text));
    return null;
  } catch (error) {
    return `GITHUB_STEP_SUMMARY=${path} is not written: ${messageOf(error)}`;
  }
}

function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_BYTES) return text;
  const kept = bytes.subarray(0, MOST_BYTES).toString();
  return kept.slice(0, kept.lastIndexOf('\n')) + CUT;
}
