/** Loaded into the Kinesis of LocalStack, which would listen to the whole network: it listens to this machine alone. */
const { Server } = require('node:net');

const { listen } = Server.prototype;
Server.prototype.listen = function onLoopback(first, ...rest) {
  const numbers = typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first));
  if (numbers) {
    const [host, ...others] = rest;
    return listen.call(this, first, '127.0.0.1', ...(typeof host === 'string' ? others : rest));
  }
  if (typeof first === 'object' && first !== null && 'port' in first)
    return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest);
  return listen.call(this, first, ...rest);
};
