// For reading requests: when the web servers fail, CloudFront asks the API of the saved pages, as one more origin.
import cf from 'cloudfront';

const NAMES = @@NAMES@@;

function handler(event) {
  const request = event.request;
  const host = request.headers.host ? request.headers.host.value : '';
  const name = NAMES.indexOf(host);
  if (name >= 0 && (request.method === 'GET' || request.method === 'HEAD')) {
    cf.createRequestOriginGroup({
      originIds: [{ originId: @@WEB@@ }, { originId: @@SAVED@@ + name }],
      failoverCriteria: { statusCodes: @@STATUSES@@ },
    });
  }
  return request;
}
