import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateXML } from 'xmllint-wasm';

/** Of the xUnit plugin of Jenkins, from the sources of pytest 9.2.0. */
const SCHEMA = join(__dirname, 'junit-10.xsd');

/** What makes a JUnit document invalid. */
export async function junitFaults(document: string): Promise<string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'junit.xml', contents: document }],
    schema: [readFileSync(SCHEMA, 'utf8')],
  });
  return errors.map(({ rawMessage }) => rawMessage);
}
