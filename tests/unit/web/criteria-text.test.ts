import { criteriaText } from '../../../web/platform/criteria-text';

test('criteria are texts of their parts, and none where each event matches', () => {
  const items = [
    { field: 'env', operator: 'not_equals', value: 'prod' },
    { field: 'changes.0.id', operator: 'contains', value: null },
    'damaged',
  ];

  expect(criteriaText(items)).toEqual(['env not equals "prod"', 'changes.0.id contains null', '"damaged"']);
  expect(criteriaText({ expression: 'event.payload.n > 1' })).toEqual(['event.payload.n > 1']);
  expect([{}, [], null].map(criteriaText)).toEqual([[], [], []]);
});
