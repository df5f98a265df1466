import { describe, expect, it } from '@jest/globals';
import { isLocalHost, isLocalOrigin } from './local-host.ts';

describe('a Host header', () => {
  it.each(['127.0.0.1', '127.0.0.1:8080', 'localhost', 'LOCALHOST:1', '[::1]:8080'])(
    '%s is this machine',
    (host) => {
      expect(isLocalHost(host)).toBe(true);
    },
  );
  it.each([
    undefined,
    '',
    'example.com',
    'example.com:8080',
    'localhost.example.com',
    '127.0.0.1.nip.io:8080',
    'localhost:8080@example.com',
    'localhost:',
    'localhost:123456',
    '0.0.0.0',
    ' localhost',
  ])('%j is not', (host) => {
    expect(isLocalHost(host)).toBe(false);
  });
});

describe('an Origin header', () => {
  it.each([undefined, 'http://127.0.0.1:8080', 'http://localhost:3000', 'https://localhost'])(
    '%j may connect',
    (origin) => {
      expect(isLocalOrigin(origin)).toBe(true);
    },
  );
  it.each(['null', '', 'http://example.com', 'file://', 'http://localhost.example.com'])(
    '%j may not',
    (origin) => {
      expect(isLocalOrigin(origin)).toBe(false);
    },
  );
});
