// For every method: the active half's Region is a value in the key value store, and has an origin here. Without the
// value, or without an answer, the cache behavior's own origin is asked, which is the primary half's.
import cf from 'cloudfront';

const ORIGINS = @@ORIGINS@@;

async function handler(event) {
  try {
    const active = await cf.kvs().get(@@KEY@@);
    if (ORIGINS[active]) {
      cf.selectRequestOriginById(ORIGINS[active]);
    }
  } catch (error) {
    // Not logged: without a value, this is so for every request.
  }
  return event.request;
}
