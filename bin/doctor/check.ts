/** One thing that the platform needs or can use. */
export interface Check {
  readonly name: string;
  /** `missing` is needed to run at all; `optional` is absent and needed for some things only. */
  readonly status: 'ok' | 'missing' | 'optional';
  readonly found: string;
  /** The command that gets it, or what to do; null when nothing is to be done. */
  readonly remedy: string | null;
}

export function ok(name: string, found: string): Check {
  return { name, status: 'ok', found, remedy: null };
}

export function missing(name: string, found: string, remedy: string): Check {
  return { name, status: 'missing', found, remedy };
}

export function optional(name: string, found: string, remedy: string): Check {
  return { name, status: 'optional', found, remedy };
}
