import ts from 'typescript';

/**
 * Files that read a clock themselves, and why. All others read domain time or liveness time:
 * `platform_now()` and `liveness_now()` in SQL, those of `platform/base/clock.ts` in the platform,
 * and `platformClock` in claims.
 */
export const READERS: Readonly<Record<string, string>> = {
  'platform/base/clock.ts': 'It defines the clocks of a process.',
  'platform/store/functions/database/liveness_now.sql': 'It defines liveness time.',
  'platform/store/functions/workers/renew_executor.sql': 'Compared with the start of the server.',
  'platform/store/schema/03-workers.sql': 'Compared with the start of the server.',
  'platform/store/database/migration-ledger.ts': 'The ledger is older than the functions.',
  'helpers/scenario/resources/platform-clock.ts': 'It defines the clock of claims.',
  'helpers/scenario/recorded-test.ts': 'When a test ran, on its host.',
  'helpers/scenario/test-client.ts': 'When a request was sent, on the host of the test.',
  'helpers/target/probes/run-latency.ts': 'It measures the difference of the clocks.',
  'tests/e2e/support/forge-token.ts': 'Its tokens are valid by each clock near that of the host.',
  'tests/e2e/systems/verify/s0-isolation.test.ts': 'It writes a ledger without the functions.',
  'tests/integration/store/refused-database.test.ts': 'It writes a ledger without the functions.',
  'tests/integration/store/owner-sql.test.ts': 'It writes what SQL of others may write.',
  'tests/integration/faults/chaos/injections.ts': 'Compared with the start of the server.',
  'tests/integration/gate/s2-hub.test.ts': 'The database of a hub has no such functions.',
  'tools/hub/store/prune-runs.ts': 'The database of a hub has no such functions.',
  'tools/hub/store/tests.ts': 'The database of a hub has no such functions.',
  'tools/hub/store/0001-runs.sql': 'The database of a hub has no such functions.',
};

/** Of code. What else runs beside a platform stamps its reports with the time of the host. */
const CODE = /^(platform|tests\/e2e|helpers\/scenario|helpers\/target\/probes)\/.*\.ts$/;
const SQL = /^(platform|helpers|cli|tools|tests)\/.*\.(ts|sql)$/;
/** It contains such readings as texts. */
const OWN_FILES = /^tests\/unit\/repository\/clock-readings\./;

const SQL_CLOCK = new RegExp(
  String.raw`(?<![\w.$])(?:now|timeofday|(?:clock|statement|transaction)_timestamp)\(\)` +
    String.raw`|(?<![\w/])(?:current_(?:timestamp|date|time)|localtime(?:stamp)?)\b`,
  'gi',
);

/** No file without such a word is parsed. */
const ANY_CLOCK = /\bDate\b|now\(|_timestamp|current_|timeofday|localtime/i;

/** The readings of a clock in a file of the repository, each as `line: what it reads`. */
export function clockReadings(file: string, text: string): string[] {
  if (OWN_FILES.test(file) || !ANY_CLOCK.test(text)) return [];
  if (file.endsWith('.sql')) return SQL.test(file) ? inSql(text.replace(/--.*$/gm, ''), 1) : [];
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (SQL.test(file) && (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node)))
      found.push(...inSql(node.text, line));
    if (CODE.test(file) && readsHost(node)) found.push(`${line}: ${node.getText()}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const inSql = (text: string, first: number): string[] =>
  text
    .split('\n')
    .flatMap((line, n) => Array.from(line.matchAll(SQL_CLOCK), ([reading]) => `${first + n}: ${reading}`));

/** `Date.now`, called or passed on, `new Date()`, and `Date()`. */
function readsHost(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isDate(node.expression) && node.name.text === 'now';
  if (ts.isNewExpression(node)) return isDate(node.expression) && (node.arguments ?? []).length === 0;
  return ts.isCallExpression(node) && isDate(node.expression);
}

const isDate = (node: ts.Node): boolean => ts.isIdentifier(node) && node.text === 'Date';
