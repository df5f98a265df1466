/** What the decoders of all venues do with the fields of a message. */
import { formatDecimal, parseDecimal } from '../../domain/decimal.ts';
import { plainDecimal } from './raw-numbers.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Decimals and ids are shorter; 500 trades of nothing but longer nonsense would not fit into a record. */
export const MAX_FIELD_CHARACTERS = 40;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field that is nonsense is passed on, but not at any length: a record must stay within what a stream takes. */
export function bounded(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length <= MAX_FIELD_CHARACTERS ? value : value.slice(0, MAX_FIELD_CHARACTERS);
  return typeof value === 'object' && value !== null ? shown(value) : value;
}

/** A step or a least amount of a catalogue as a canonical decimal. `null`: it is none above zero. */
export function toldAmount(value: unknown): string | null {
  const amount = typeof value === 'string' ? parseDecimal(plainDecimal(value)) : null;
  return amount === null || amount <= 0n ? null : formatDecimal(amount);
}

/** For a line that says what was found. */
export function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, MAX_FIELD_CHARACTERS);
}

/** A name out of a message, such as a channel's, that things are counted by. */
export function named(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_FIELD_CHARACTERS) : otherwise;
}

/** @returns the message, or why it is none. */
export function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** The path of a REST question, which answers are counted by. */
export function questionOf(url: string): string {
  return named(URL.parse(url)?.pathname, 'no address');
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** `2026-08-09T21:05:42.514318Z` → milliseconds, rounded down. `null`: it is no such time. */
export function isoTimeMs(value: unknown): number | null {
  if (typeof value !== 'string' || !ISO_TIME.test(value)) return null;
  const timeMs = Date.parse(value);
  return Number.isNaN(timeMs) ? null : timeMs;
}

/** A stamp in seconds, as venues write it. */
export function millisecondsOf(seconds: unknown): unknown {
  const isText = typeof seconds === 'string' && /^\d{1,10}$/.test(seconds);
  return typeof seconds === 'number' || isText ? Number(seconds) * 1000 : seconds;
}
