import { FLOW, withPackDirectory } from './pack-directory';

const { read } = withPackDirectory();

test('IN-07 a component whose schema has no end is skipped with its line', async () => {
  const endless = (key: string) => `${key}:\n  type: object\n  $ref: '#'\n`;
  const parts = {
    'actions/a.yaml': `entry_point: a.sh\n${endless('parameters')}`,
    'actions/b.yaml': `entry_point: b.sh\n${endless('output')}`,
    'actions/c.yaml': `${FLOW}${endless('parameters')}`,
    'triggers/d.yaml': `ref: demo.d\n${endless('parameters')}`,
    'sensors/e.yaml': `ref: demo.e\nrunner_type: shell\nentry_point: e.sh\ntrigger_types: [t]\n${endless('parameters')}`,
    'queues/f.yaml': `ref: demo.f\ndispatch_action: core.noop\n${endless('item_schema')}`,
  };

  const { warnings, actions } = await read({
    ...parts,
    'actions/kept.yaml': 'entry_point: kept.sh\n',
    'sensors/e.sh': '',
  });

  const why = 'refers to itself without a step into the value: it has no end';
  expect(warnings.map((warning) => warning.split(':')[0]).sort()).toEqual(Object.keys(parts).sort());
  expect(warnings.filter((warning) => warning.includes(why))).toHaveLength(6);
  expect(actions.map(({ ref }) => ref)).toEqual(['demo.kept']);
});
