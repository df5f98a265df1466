import { describe, expect, it } from '@jest/globals';
import { pageHeaders, staticPathOf } from './static-files.ts';

describe('the path of a file', () => {
  it('is decoded', () => {
    expect(staticPathOf('/assets/a%20b.js')).toBe('/assets/a b.js');
  });
  it.each(['/%2e%2e/secret', '/a/..%2fsecret', '/a%5c..%5csecret', '/a%00.js', '/%E0%A4%A'])(
    'is never %s',
    (path) => {
      expect(staticPathOf(path)).toBeNull();
    },
  );
});

describe('the headers of the page', () => {
  it('let it run its own scripts and speak to its own server, and nothing else', () => {
    const policy = pageHeaders('127.0.0.1:8080')['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:8080;");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});
