import { NETWORK_MODES } from '../../../contract/packs';
import { stricterNetwork } from '../../../platform/worker/isolation/network-mode';

test('a pack narrows the network of the platform and never widens it', () => {
  const table = NETWORK_MODES.map((platform) => NETWORK_MODES.map((pack) => stricterNetwork(platform, pack)));

  expect(table).toEqual([
    ['full', 'api-only', 'none'],
    ['api-only', 'api-only', 'none'],
    ['none', 'none', 'none'],
  ]);
});
