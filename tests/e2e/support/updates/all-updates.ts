import { COMPONENT_UPDATES } from './component-updates';
import { OBJECT_UPDATES } from './object-updates';

export const UPDATES = [...COMPONENT_UPDATES, ...OBJECT_UPDATES];

const OWN_CLAIMS = 'has claims of its own';

/** Updates without a table, each with its reason. */
export const UPDATES_OUT: Readonly<Record<string, string>> = {
  '/clock': `T3.31 ${OWN_CLAIMS}`,
  '/retention-config': 'one for each tenant, and it concerns all tests that run at the time',
  '/triggers/{ref}/webhooks/security': `T2.19g ${OWN_CLAIMS}; its secrets are not shown`,
  '/workflows/{ref}/file': 'its body is a whole file, in which every field is given',
  '/artifacts/{id}/data': 'its body is the value, and has no fields',
  '/internal/files/{path}': 'its body is a file',
};
