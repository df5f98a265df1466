import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { StderrTail } from './stderr-tail.ts';

function tailOf(...chunks: string[]): StderrTail {
  const stderr = new PassThrough();
  const tail = new StderrTail(stderr);
  for (const chunk of chunks) stderr.write(chunk);
  return tail;
}

describe('StderrTail', () => {
  it('knows ClickHouse’s error code and the line that carries it', () => {
    const tail = tailOf('Processing\nCode: 76. DB::Exc', 'eption: Cannot lock file /d/status.\nmore\n');
    expect(tail.errorCode()).toBe(76);
    expect(tail.firstError()).toBe('Code: 76. DB::Exception: Cannot lock file /d/status.');
  });

  it('finds the error of the Node process below the source that Node shows', () => {
    const tail = tailOf(
      'file:///child.js:9\n  throw new UnsupportedError(`no library`);\n  ^\n\n',
      'UnsupportedError: no library for win32-x64\n    at child.js:9\n',
    );
    expect(tail.errorCode()).toBeNull();
    expect(tail.firstError()).toBe('UnsupportedError: no library for win32-x64');
  });

  it('gives the first line when none looks like an error, and null when nothing was said', () => {
    expect(tailOf('\nkilled by something\nelse').firstError()).toBe('killed by something');
    expect(tailOf().firstError()).toBeNull();
  });

  it('keeps only the last of a flood, and a line of bounded length', () => {
    const tail = tailOf('Code: 1. DB::Exception: early\n', 'x'.repeat(20_000));
    expect(tail.errorCode()).toBeNull();
    expect(tail.firstError()).toHaveLength(300);
  });
});
