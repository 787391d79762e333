import { hasRepeatedHost } from '../../base/http/host-headers';
import type { Api } from './context';
import { sendPlainText } from './error-handler';

export function rejectRepeatedHosts(api: Api): void {
  api.addHook('onRequest', (request, reply, done) => {
    if (hasRepeatedHost(request.raw.rawHeaders))
      void sendPlainText(reply, 400, 'the request has more than one Host header');
    else done();
  });
}
