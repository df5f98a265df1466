import { describe, expect, it } from '@jest/globals';
import { BadInput } from './bad-input.ts';
import { amount, choice, commaSeparated, httpUrl, integer, jsonObject, port, text } from './option-values.ts';
import { flag, optional, repeated, required, withDefault } from './options.ts';
import { parseArguments } from './parse-arguments.ts';

const options = {
  replay: repeated(text('FILE'), 'captures'),
  port: withDefault(port, '8080', 'where'),
  dataDir: optional(text('DIR'), 'the data folder'),
  live: optional(commaSeparated(choice(['binance', 'kraken'])), 'venues'),
  offset: optional(integer(-10, 10), 'a small number'),
  once: flag('ends by itself'),
};
const parse = (...words: string[]): unknown => parseArguments(words, options, {});
const refusal = (...words: string[]): string => {
  try {
    parse(...words);
  } catch (error) {
    if (error instanceof BadInput) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('arguments that fit', () => {
  it('give every option a value, the default or null where nothing was given', () => {
    expect(parse()).toEqual({ replay: [], port: 8080, dataDir: null, live: null, offset: null, once: false });
  });

  it('are written in kebab-case, with a blank or an equals sign', () => {
    expect(parse('--data-dir', 'd', '--port=0', '--once')).toMatchObject({
      dataDir: 'd',
      port: 0,
      once: true,
    });
  });

  it('repeat an option, or let plain words follow it', () => {
    expect(parse('--replay', 'a', 'b', '--once', '--replay', 'c')).toMatchObject({ replay: ['a', 'b', 'c'] });
  });

  it('may be negative numbers', () => {
    expect(parse('--offset', '-3')).toMatchObject({ offset: -3 });
  });

  it('fill positional arguments in order, the last of which may repeat', () => {
    const positionals = {
      action: required(choice(['list', 'redrive']), 'what'),
      id: repeated(text('ID'), 'which'),
    };
    expect(parseArguments(['redrive', 'x', '--once', 'y'], options, positionals)).toMatchObject({
      action: 'redrive',
      id: ['x', 'y'],
    });
  });
});

describe('arguments that do not fit are refused in one line', () => {
  it.each<[string[], string]>([
    [['--prot', '1'], 'unknown option --prot; did you mean --port?'],
    [['--zzzzzz'], 'unknown option --zzzzzz'],
    [['-p'], 'unknown option -p'],
    [['--port', 'abc'], '--port: expected a number from 0 to 65535, got "abc"'],
    [['--port', '1', '--port', '2'], '--port is given twice'],
    [['--port'], '--port: expected N, got nothing'],
    [['--port', '--once'], '--port: expected N, got the option --once'],
    [['--once=yes'], '--once takes no value, got "yes"'],
    [
      ['--live', 'binance,mtgox'],
      '--live: expected one of binance, kraken, several separated by commas, got "binance,mtgox"',
    ],
    [['stray'], 'unexpected argument "stray"'],
    [['--replay', 'a', '--', 'stray'], 'unexpected argument "stray"'],
  ])('%j', (words, message) => {
    expect(refusal(...words)).toBe(message);
  });

  it('says what is missing', () => {
    const capture = { capture: required(text('FILE'), 'a capture') };
    expect(() => parseArguments([], capture, {})).toThrow(new BadInput('--capture FILE is missing'));
    expect(() => parseArguments([], {}, capture)).toThrow(new BadInput('CAPTURE is missing'));
  });

  it('shortens what was given when it is long', () => {
    const params = { params: optional(jsonObject, 'parameters') };
    expect(() => parseArguments(['--params', 'x'.repeat(1000)], params, {})).toThrow(/got "x{60}…"$/);
  });

  it('does not show a secret', () => {
    const url = { url: optional(httpUrl, 'a server') };
    expect(() => parseArguments(['--url', 'http://user:secret@host'], url, {})).toThrow(
      new BadInput('--url: expected a URL without credentials'),
    );
  });

  it('does not read past a flag for its value', () => {
    const fee = { fee: withDefault(amount, '0.001', 'the fee'), once: flag('once') };
    expect(parseArguments(['--once', '--fee', '0.00100'], fee, {})).toEqual({ fee: '0.001', once: true });
  });
});
