import type { Construct } from 'constructs';

/**
 * A variable that changes with each release that `-c release=` names. A version of a function is made when its
 * template changes: a parameter or a looked-up name that has another value at deployment would not make one.
 */
export function releaseSetting(scope: Construct): Readonly<Record<string, string>> {
  const release: unknown = scope.node.tryGetContext('release');
  return typeof release === 'string' ? { MILLRACE_RELEASE: release } : {};
}
