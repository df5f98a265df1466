import { describe, expect, it } from '@jest/globals';
import {
  formatCash,
  formatChange,
  formatCount,
  formatDuration,
  formatPrice,
  formatProfit,
  formatQuantity,
  formatRatioChange,
  grouped,
  pricePlaces,
} from './format-number.ts';

/** Narrow gaps read as plain spaces here. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('numbers on the page', () => {
  it.each([
    ['0', '0'],
    ['999', '999'],
    ['1000', '1 000'],
    ['-1234567.1234', '−1 234 567.1234'],
  ])('are grouped by thousands before the point: %s', (text, expected) => {
    expect(plain(grouped(text))).toBe(expected);
  });

  it('show cash to the cent, digit for digit, beyond what a float holds', () => {
    expect(plain(formatCash('9985.7651', 'USDT'))).toBe('9 985.77');
    expect(plain(formatCash('9007199254740993.014', 'EUR'))).toBe('9 007 199 254 740 993.01');
  });

  it.each([
    ['14.2349', '+14.23'],
    ['-14.2349', '−14.23'],
    ['0', '0.00'],
    ['0.001', '0.00'],
    ['-0.001', '0.00'],
  ])('show a change of %s with its sign: %s', (text, expected) => {
    expect(plain(formatChange(text, 2))).toBe(expected);
  });

  it('show cash of a coin that is no money of a state like a quantity of it', () => {
    expect(['0.00012345', '0.5', '1563.64123', '0'].map((text) => plain(formatCash(text, 'BTC')))).toEqual([
      '0.00012345',
      '0.50',
      '1 563.6412',
      '0.00',
    ]);
    expect(formatProfit('0.00012345', 'BTC')).toBe('+0.00012345');
    expect(['JPY', 'USDC', 'RLUSD', 'EURI'].map((currency) => formatProfit('-0.0512', currency))).toEqual(
      Array(4).fill('−0.05'),
    );
  });

  it('keep the prices of an instrument in line', () => {
    const places = pricePlaces(['61812.4', '61812', '61812.435']);
    expect(['61812.4', '61812'].map((price) => plain(formatPrice(price, places)))).toEqual([
      '61 812.400',
      '61 812.000',
    ]);
    expect(formatPrice('0.00001234')).toBe('0.00001234');
    expect(formatPrice('2.123456789012')).toBe('2.12345679');
    expect(formatPrice('2')).toBe('2.00');
  });

  it('show a price that is an average with as many digits as a reader can use', () => {
    expect(
      ['123456.789012345678', '0.123456789012', '0.000012345678'].map((p) => plain(formatPrice(p))),
    ).toEqual(['123 456.789', '0.12345679', '0.000012346']);
    // As Kraken has them.
    expect(formatPrice('0.0000000123')).toBe('0.0000000123');
  });

  it('show a quantity with the places that it has', () => {
    expect(['0.1615', '12', '0.123456789'].map(formatQuantity)).toEqual(['0.1615', '12', '0.123457']);
  });

  it('show of a large quantity what a reader can use, and of a small one that it is there', () => {
    const shown = ['163035008.424131', '16303.500842', '5.5469961', '0.00000045', '0.000000123456', '-0.5'];
    expect(shown.map((text) => plain(formatQuantity(text)))).toEqual([
      '163 035 008',
      '16 303.501',
      '5.546996',
      '0.00000045',
      '0.00000012346',
      '−0.5',
    ]);
  });

  it.each([
    [0.01204, '+1.20 %'],
    [-0.031, '−3.10 %'],
    [0.00001, '0.00 %'],
    [-0.00001, '0.00 %'],
    [12.5, '+1 250.00 %'],
  ])('show a ratio of %d as %s', (ratio, expected) => {
    expect(plain(formatRatioChange(ratio))).toBe(expected);
  });

  it.each([
    [0.25, '250 µs'],
    [12.44, '12.4 ms'],
    [3, '3 ms'],
    [412.4, '412 ms'],
    [3240, '3.2 s'],
    [240_000, '4 min'],
    [7_200_000, '2 h'],
  ])('show a duration of %d ms as %s', (ms, expected) => {
    expect(plain(formatDuration(ms))).toBe(expected);
  });

  it('count with gaps', () => {
    expect(plain(formatCount(19904))).toBe('19 904');
  });
});
