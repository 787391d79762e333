export { evaluateCondition } from '../../../platform/core/template/condition';
export { evaluate } from '../../../platform/core/template/evaluate';
export { lint } from '../../../platform/core/template/lint';
export { render } from './template/render';
export { loadDefinition } from '../../../platform/core/workflow/load/load-definition';
export { initialState } from '../../../platform/core/workflow/step';
export { stepFrom } from './workflow/step-from';
export { templateErrorText } from './template/test-scope';
