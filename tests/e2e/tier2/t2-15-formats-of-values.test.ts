// Spec: each format of parameters keeps each value.
import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { dotenvEntries, dotenvText } from '../../../helpers/fixtures/dotenv-text';
import { HARD_VALUES } from '../../../helpers/fixtures/hard-values';
import { claim } from '../../../helpers/scenario/claim';
import { receivedText } from '../../../helpers/scenario/resources/encoded-input';
import { runToEnd, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

type Value = Parameters[string];

/** For a format: the values in a text that a process received. */
const PARSERS: Record<string, readonly ((text: string) => unknown)[]> = {
  json: [JSON.parse],
  // a program may read either version: in 1.1, the text `no` is false
  yaml: [(text) => parse(text, { version: '1.2' }) as unknown, (text) => parse(text, { version: '1.1' }) as unknown],
};

claim.concurrent('T2.15g', NEEDS, 'each format and delivery of parameters keeps each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const run = async (delivery: string, format: string) =>
    receivedText(await runToEnd(ctx, `encode-${delivery}-${format}`, HARD_VALUES));

  for (const format of ['json', 'yaml', 'dotenv']) {
    for (const text of await Promise.all(['stdin', 'file'].map((delivery) => run(delivery, format)))) {
      for (const read of PARSERS[format] ?? []) expect(read(text)).toStrictEqual(HARD_VALUES);
      if (format === 'dotenv') expect(dotenvEntries(text)).toStrictEqual(dotenvEntries(dotenvText(HARD_VALUES)));
    }
  }
});

/** Prints each value and its `PARAM_` twin, two variables, and the number of exported ones. */
const SCRIPT = `{
for each in ${Object.keys(HARD_VALUES).join(' ')}; do
  twin=PARAM_\${each^^}
  printf '%s\\0' "\${!each}" "\${!twin}"
done
printf '%s\\0' "$E2E_TEXT" "$HOME" "$ATTUNE_ACTION"
env | grep -c -e ^PARAM_ -e ^shell_text= || true
} | base64 -w 0`;

const jsonOf = (text: string): unknown => JSON.parse(text);

/** The text of a variable, or the value of one whose parameter is no text: compact JSON. */
const valueOf = (text: string, parameter: Value): unknown => {
  if (typeof parameter === 'string') return text;
  expect(text).toBe(JSON.stringify(jsonOf(text)));
  return jsonOf(text);
};

claim.concurrent('T2.15i', NEEDS, 'the script of an action receives each value as a variable', async (ctx) => {
  const ref = await createScriptAction(ctx, await ctx.ownPack(), SCRIPT);
  const env_vars = { E2E_TEXT: HARD_VALUES.shell_text, HOME: '/e2e', ATTUNE_ACTION: 'forged' };

  const { id } = await ctx.client.executions.execute({ action_ref: ref, parameters: HARD_VALUES, env_vars });
  const texts = receivedText(await waitForStatus(ctx, id)).split('\0');

  const sent = Object.values<Value>(HARD_VALUES).flatMap((value) => [value, value]);
  const received = texts.slice(0, sent.length).map((text, n) => valueOf(text, sent[n]!));
  expect(received).toStrictEqual(sent);
  expect(texts.slice(sent.length)).toEqual([HARD_VALUES.shell_text, '/e2e', ref, '0\n']);
});

/** What bash sets, or reads before it runs a command: some have a type, or cannot be assigned. */
const BASH_VARIABLES = [
  ...['BASH', 'BASHOPTS', 'BASHPID', 'BASH_ENV', 'BASH_VERSINFO', 'SHELLOPTS', 'UID', 'EUID', 'PPID', 'GROUPS'],
  ...['FUNCNAME', 'DIRSTACK', 'PIPESTATUS', 'RANDOM', 'SRANDOM', 'SECONDS', 'LINENO', 'EPOCHSECONDS', 'HISTCMD'],
  ...['EPOCHREALTIME', 'HOSTNAME', 'HOSTTYPE', 'MACHTYPE', 'OSTYPE', 'OPTARG', 'OPTERR', 'OPTIND', 'REPLY', 'SHLVL'],
  ...['PATH', 'IFS', 'CDPATH', 'ENV', 'EXECIGNORE', 'FUNCNEST', 'GLOBIGNORE', 'HOME', 'LC_ALL', 'LANG', 'MAPFILE'],
  ...['POSIXLY_CORRECT', 'PS4', 'PWD', 'OLDPWD', 'SHELL', 'TIMEFORMAT', 'TMOUT', 'TMPDIR', 'COLUMNS', 'LINES', '_'],
];

claim.concurrent('T2.15m', NEEDS, 'a parameter with the name of a bash variable is never evaluated', async (ctx) => {
  const twins = BASH_VARIABLES.map((name) => `"$PARAM_${name}"`).join(' ');
  const ref = await createScriptAction(ctx, await ctx.ownPack(), `printf '%s\\0' ${twins} | base64 -w 0`);
  const evaluated = `${ctx.ledger.path}.evaluated`;
  const sent = BASH_VARIABLES.map((name) => `${name}[$(echo ${name} >> '${evaluated}')]`);
  const parameters = Object.fromEntries(BASH_VARIABLES.map((name, n) => [name, sent[n]!]));

  const { id } = await ctx.client.executions.execute({ action_ref: ref, parameters });
  const received = receivedText(await waitForStatus(ctx, id)).split('\0');

  expect(received).toEqual([...sent, '']);
  expect(existsSync(evaluated)).toBe(false);
});
