// Prints Jest's options that select the claims of a report which the host was too busy to decide,
// or nothing if anything else failed. Usage: node undecided.mjs REPORT
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const UNDECIDED = /^EnvironmentError: ENVIRONMENT/;

const [report] = process.argv.slice(2);
if (existsSync(report)) {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const files = testResults.filter(({ status }) => status === 'failed');
  const failed = files.map(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed'));
  const isUndecided = ({ failureMessages }) => failureMessages.every((message) => UNDECIDED.test(message));
  if (failed.length > 0 && failed.every((tests) => tests.length > 0 && tests.every(isUndecided))) {
    const ids = failed.flat().map(({ fullName }) => fullName.split(' ')[0].replace('.', '\\.'));
    console.log(files.map(({ name }) => basename(name)).join(' '), `-t '^(${ids.join('|')}) '`);
  }
}
