// An asset's name stands for one content for ever, so that a browser that has it never asks again. What is not there
// yet may come: CloudFront runs this for no answer of 400 or more.
function handler(event) {
  const response = event.response;
  response.headers['cache-control'] = { value: @@CACHE_CONTROL@@ };
  return response;
}
