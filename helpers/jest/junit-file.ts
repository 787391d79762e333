import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { junitDocument } from '../../tools/report/junit';
import { redact, secretsOf } from '../../tools/report/redact';
import { makeDirectory } from '../make-directory';
import type { RunFacts } from '../target/run-facts';
import { suitesOf, type FileResult, type RecordedRun } from './test-outcomes';

/** Writes the JUnit file of a run, without secrets. Throws what the file system throws. */
export function writeJunitFile(path: string, files: readonly FileResult[], root: string, recorded: RecordedRun): void {
  const { run } = recorded;
  const secrets = [...secretsOf(process.env), ...(run ? [run.token, run.databaseUrl ?? ''] : [])];
  const suites = suitesOf(files, root, recorded);
  const document = junitDocument(suites, run ? targetProperties(run) : {}, (text) => redact(text, secrets));
  makeDirectory(dirname(path));
  writeFileSync(path, document);
}

/** Which platform the run was executed on. */
const targetProperties = ({ run, kind, platform, url, instanceId, loadFactor, switches }: RunFacts) => ({
  run,
  'target.kind': kind,
  'target.platform': platform,
  'target.url': url,
  'target.instance': instanceId ?? '',
  'target.load_factor': loadFactor.toFixed(1),
  mode: switches.mode,
});
