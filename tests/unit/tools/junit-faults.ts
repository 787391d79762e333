import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateXML } from 'xmllint-wasm';

/** Of the xUnit plugin of Jenkins, from the sources of pytest 9.2.0. */
const JENKINS = 'junit-10.xsd';
/** From the source release of Apache Maven Surefire 3.5.5, under the Apache License 2.0. */
const SUREFIRE = 'surefire-test-report.xsd';
/** Attributes of a suite that the schema of Jenkins has, and that of Surefire does not. */
const NOT_OF_SUREFIRE = / (timestamp|file)="[^"]*"/g;

/** What makes a JUnit document invalid by the schema of Jenkins. */
export const junitFaults = (document: string): Promise<string[]> => faultsOf([document], JENKINS);

/** The same by the schema of Surefire, which writes a document for each suite. */
export function surefireFaults(document: string): Promise<string[]> {
  const suites = document.match(/<testsuite [\s\S]*?<\/testsuite>/g) ?? [];
  return faultsOf(
    suites.map((suite) => suite.replace(/^<[^>]*>/, (start) => start.replace(NOT_OF_SUREFIRE, ''))),
    SUREFIRE,
  );
}

async function faultsOf(documents: readonly string[], schema: string): Promise<string[]> {
  const { errors } = await validateXML({
    xml: documents.map((contents, n) => ({ fileName: `junit-${n}.xml`, contents })),
    schema: [readFileSync(join(__dirname, schema), 'utf8')],
  });
  return errors.map(({ rawMessage }) => rawMessage);
}
