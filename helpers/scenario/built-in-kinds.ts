import type { JsonObject } from '../../contract/json';
import type { StepKindCase } from './step-kind';

/** Lifetime of an inquiry, after which it has its default response, seconds. */
const RESPONSE_SECONDS = 0.3;

const onlyTask = (action: string, input: JsonObject, output: string, value: StepKindCase['value']): StepKindCase => ({
  tasks: [{ name: 'only', action, input }],
  output: `task.only.${output}`,
  value,
  children: ['only completed'],
});

/**
 * One case of each action that is built into the worker, by ref. `url`: of a server that responds
 * to every request with the JSON document.
 */
export const builtInKinds = (url: string, document: JsonObject): Readonly<Record<string, StepKindCase>> => ({
  'core.ask': onlyTask(
    'core.ask',
    { prompt: 'Deploy?', timeout_seconds: RESPONSE_SECONDS, default_response: { approved: true } },
    'response',
    { approved: true },
  ),
  'core.echo': onlyTask('core.echo', { message: 'ada' }, 'stdout', 'ada'),
  'core.http_request': onlyTask('core.http_request', { url }, 'data.json', document),
  'core.noop': onlyTask('core.noop', { message: 'ada' }, 'exit_code', 0),
  'core.sleep': onlyTask('core.sleep', { seconds: 0.1 }, 'exit_code', 0),
});
